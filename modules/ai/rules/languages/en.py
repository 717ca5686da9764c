"""English, as people talk while they show something."""

from __future__ import annotations

from ..language import Language, words
from .en_words import FORMS, STOPWORDS, WEAK

_SOMEBODY = "i|you|we|they"
_GOING = "(?:(?:i'm|i am|we're|we are|you're|you are|im|youre) (?:just |also |then |now )*(?:going to|gonna|about to))"
_WILL = "(?:(?:i'll|we'll|you'll|i will|we will|you will|youll)(?: (?:just|also|then|now|first|go ahead and))*)"
_WANT = (
    "(?:(?:i|you|we|you'll|you'd|we'll|you'll probably) (?:just |then |also |first |really |do )*"
    "(?:want to|wanna|need to|have to|gotta|should|must|"
    "'ve got to|got to|would|like to|might want to|may want to))"
)
_CAN = "(?:(?:i|you|we) (?:just |then |also |first |really |always )*(?:can|could|might|may))"
_SOFT = (
    "(?: (?:just|simply|then|also|now|first|maybe|actually|quickly|basically|go ahead and|come over and|come in and))*"
)
_OFTEN = "always|usually|normally|basically|actually|mostly|really|simply|often|even|only"
_ORDINAL = "first|second|third|fourth|fifth|sixth|seventh|next|last|final|other"

ENGLISH = Language(
    code="en",
    stopwords=STOPWORDS,
    openers={
        "okay": 0.9,
        "ok": 0.9,
        "alright": 1.1,
        "all right": 1.1,
        "right": 0.4,
        "so": 0.4,
        "now": 0.9,
        "then": 0.5,
        "and": -0.3,
        "and then": 0.2,
        "but": -0.4,
        "well": 0.1,
        "um": 0.0,
        "uh": 0.0,
        "yeah": 0.0,
        "oh": 0.2,
        "great": 0.8,
        "cool": 0.8,
        "perfect": 0.8,
        "awesome": 0.8,
        "good": 0.4,
        "nice": 0.4,
        "anyway": 0.8,
        "anyways": 0.8,
        "actually": 0.0,
        "also": 0.4,
        "again": -0.3,
        "just": 0.0,
        "finally": 2.0,
        "lastly": 2.2,
        "next": 2.0,
        "next time": -0.4,
        "first": 1.9,
        "first of all": 2.0,
        "first off": 2.0,
        "first up": 2.0,
        "second": 1.4,
        "third": 1.6,
        "firstly": 2.0,
        "secondly": 2.0,
        "thirdly": 2.0,
        "afterwards": 1.2,
        "meanwhile": 0.8,
    },
    phrases=(
        (r"step (?:number )?(?:one|two|three|four|five|six|seven|eight|nine|ten|\d+)", 3.0),
        (rf"(?:the|our|my|your) (?:very )?(?:{_ORDINAL}) (?:thing|step|part|section|bit|task|item|stage|job)", 2.4),
        (rf"the (?:{_ORDINAL}) (?:one|option|way|tool|tab|feature|setting)", 1.4),
        (r"to start(?: off| with)?|to begin(?: with)?", 1.9),
        (
            r"let's (?:start|begin|get started|kick|dive|jump)|(?:we'll|"
            r"i'll|we can) (?:start|begin)|start (?:by|off|with)",
            1.8,
        ),
        (r"(?:second|third|fourth|last) (?:of all|up|thing|step)|last but not least", 2.2),
        (r"next up|up next|next (?:we|you|i|let's|thing|step)", 2.2),
        (r"moving on|move on|(?:let's|we'll|we can|i'll|i want to) move on|on to the", 2.4),
        (r"let's (?:go|head|switch|hop|jump|come|turn|move) (?:back|over|on|to|into|in|up|down)", 1.6),
        (
            r"(?:let's|i'll|i want to|i'm going to|i wanna|we'll|"
            r"we're going to) (?:talk about|look at|take a look|have a look|show you)",
            1.3,
        ),
        (r"let's (?:say|see|not)", 0.2),
        (r"let's|let us|lets", 1.0),
        (r"let me", 0.6),
        (r"after (?:that|this|you've|you have|we've|doing|a few|about|you|the|it's|it)", 1.4),
        (
            r"(?:once|as soon as) (?:you|you've|you're|that|that's|we|we've|it|it's|everything|the|this|i|i've|they)",
            1.4,
        ),
        (r"(?:now that|since) (?:you|we|i|that|the|you've|we've|i've|it's|that's)", 1.3),
        (r"when (?:you're|we're|that's|it's|you've) (?:done|finished|ready|happy)", 1.4),
        (
            r"(?:another|one more|one other|one last|the other) (?:thing|"
            r"way|option|feature|cool|neat|useful|trick|tip)",
            1.7,
        ),
        (
            r"(?:a|one|just a|here's a|another|my) (?:quick |little |"
            r"small |pro |final |last )*(?:tip|note|trick|hint)|pro tip",
            1.3,
        ),
        (r"by the way|side note|as an aside|while we're here|speaking of", 0.9),
        (r"as for|when it comes to|in terms of|with that(?: said| done| out)?|having said that", 1.2),
        (r"what (?:if|about)|how about|how (?:do|can|would|to)|what (?:we're|i'm|you're) going to", 0.9),
        (r"what (?:i|we|you)(?:'re| are|'m)? (?:always |really |also |usually )?(?:want|wanna|need|like)", 1.4),
        (r"what (?:you|i|we) (?:have|can)", 0.9),
        (
            r"in order to|to (?:do|get|make|create|add|change|set|use|open|turn|start|remove|delete|edit|move|save)|"
            r"to \w+ (?:\w+ ){1,6}(?:you|you've|i|i'm|i'll|we|we're|what|there's)",
            0.9,
        ),
        (
            r"if (?:you|we|i) (?:want|wanted|would like|need|like|"
            r"wish|don't want|ever)|if you'd like|say you want",
            0.8,
        ),
        (r"(?:the|an?|one) (?:only |big |main |real |easy |nice |hard )*(?:thing|part|bit|win|problem)", 1.4),
        (r"before (?:we|i|you|that|doing)", 1.3),
        (
            r"(?:when|if|once) (?:you|i|we|that|it|that's|it's|everything|everything's)"
            r"(?: \w+){0,3} (?:done|good|ready|happy|finished)",
            1.4,
        ),
        (r"for (?:the|this|your|my)", 0.9),
        (r"(?:the|our|your|my) \w+", 0.5),
        (r"this is (?:the|where|our|my|your)|here comes", 0.4),
        (r"as you can see|you can see|you(?:'ll| will) (?:see|notice)|you (?:see|notice)", -0.6),
        (rf"{_GOING}", 0.7),
        (rf"{_WANT}|{_CAN}", 0.5),
        (rf"{_WILL}", 0.4),
        (r"i (?:want|wanted|like|think we)", 0.4),
        (r"make sure|be careful|don't forget|remember", 0.2),
        (r"because|cause|which|who|where|or|although|though|even|since|unless|until|instead", -0.9),
        (
            r"it|it's|it'll|its|he|she|they|they're|they'll|these|"
            r"those|this (?:is|will|means|way)|that(?:'s| is|'ll)?",
            -0.6,
        ),
        (
            r"for (?:example|instance)|like|i mean|i think|i guess|i don't|"
            r"kind of|sort of|basically|obviously|of course|in this case",
            -0.7,
        ),
        (r"there's|there is|there are|here's|here is|here are|here you|here we", 0.1),
    ),
    closers=(
        r"there (?:we|you|it) (?:go|have it|is|are)",
        r"(?:and )?that's (?:it|all|done|how|basically it|pretty much it)(?: (?:for|is|you|we))?",
        r"perfect|awesome|looks (?:good|great)|looking good|good to go|all set|we're (?:done|all set|good)",
        r"(?:now|all) (?:done|finished)|is (?:done|complete|finished|ready)|success(?:fully)?",
    ),
    starters=(
        r"so(?! (?:that|much|many|far|on)\b)|okay|ok|alright|all right|right so|"
        r"now(?! (?:so|is|and|but|okay|because)\b)|then",
        r"next(?! (?:to|time|next|and)\b)|finally|lastly|anyway|anyways|perfect|great|awesome",
        r"but|because|first(?! (?:is|was|one|time|i)\b)|oh|also|hi|hello|hey|welcome|thanks|"
        r"thank you|moving on|step (?:one|two|three|four|five|\d+)",
        r"and (?:then|now|so|if|once|when|after|here|that's|this is|what|let's|"
        r"you'll|i'm|we're|i'll|there|finally|yeah)",
        r"let's|let me|we're (?:going|gonna)|i'm (?:going|gonna)|"
        r"you're (?:going|gonna)|one (?:more|last|other) thing",
        r"once (?:you|we|i|it|that)(?:'\w+)?|after (?:that|this|you)|in order to|"
        r"the (?:first|next|last|other) (?:thing|step)",
    ),
    soft_starters=(
        r"what (?:i|you|we) (?:want|need|do)|for (?:the|this|your|my) \w+ (?:you|i|we)|"
        r"the (?:thing|trick|\w+ (?:is|are))",
        r"if (?:you|we|i|it|that)(?:'\w+)?|when (?:you|we|i|it)(?:'\w+)?|to do|and (?:you|"
        r"we|i|it|the|this|that)|just (?:click|go|press|type|hit)",
        r"you'll|i'll|we'll|you want|you need|you have to|you can|"
        r"we can|we want|we need|i want|i can|i like|i usually",
        r"there's|there is|here's|here is|as you can|for example|make sure|this is|that's|it's|"
        r"it (?:is|will|should|can|may)",
        r"(?:it|that) (?!across|towards|upwards|downwards|backwards|forwards|sideways|always|as|this)\w+s",
        r"click|press|select|choose|open|type|drag|hit|tap|push|pull|put|take|turn|add|remove|insert|enter|save",
    ),
    intro=(
        r"welcome (?:back|to)|in (?:this|today's) (?:video|tutorial|lesson|screencast|clip|one|session|episode)",
        r"(?:hi|hello|hey)(?: there)?(?: (?:guys|everyone|everybody|folks|all|friends))?",
        r"my name is|my name's|today (?:i'm|we're|i'll|we'll|i|we|i want|"
        r"you)|i'm going to (?:be )?(?:show|teach|walk|demonstrat)\w*",
        r"(?:i|we)(?:'ll| will)(?: be)? (?:show|teach|walk|"
        r"demonstrat)\w* you|what's up|good (?:morning|afternoon|evening)",
        r"you(?:'ll| will) (?:learn|need)|we(?:'ll| will) (?:learn|"
        r"need|look at|cover)|let's get started|this (?:video|tutorial)",
        r"subscribe|by the end of this",
    ),
    wrap_up=(
        r"thank(?:s| you)(?: so much| very much)? for (?:watching|viewing|"
        r"joining|tuning|listening)|see you (?:next|in the next|soon|later)",
        r"(?:and|so|okay|alright|yeah|think) that's (?:(?:really|basically|pretty much|about) )?"
        r"(?:it|all|how|everything)",
        r"that(?:'s| is) (?:it for|all for|how you|how to|how easy|the whole thing)|there you have it|and yeah",
        r"(?:hope|hopefully) (?:you|this|that)(?: \w+)? (?:enjoyed|"
        r"helps|helped|found|liked|was|learned|been)|until next time|bye",
        r"(?:like and|please|don't forget to) subscribe|leave (?:a|me a|"
        r"your) comments?|in the comments|to (?:sum up|recap|summarize|conclude|wrap)",
        r"in (?:summary|conclusion)|that wraps|we(?:'ve|"
        r" have) (?:now )?(?:learned|covered|seen how)|you now know|enjoy your",
        r"and you(?:'re| are) (?:all )?done|if you have any questions|take care",
    ),
    tip=(
        r"(?:quick|pro|little|handy|useful|small|final|last|one|another|a) (?:tip|trick|hint)|tips?",
        r"by the way|you can also|another way|if you (?:prefer|like)|"
        r"alternatively|shortcut|as a side note|it helps to|a good idea",
    ),
    warning=(
        r"be (?:very |really |extra )?careful|careful|warning|"
        r"caution|watch out|beware|never|do not|don't ever|dangerous",
        r"make (?:absolutely )?sure (?:you|not|that you) (?:don't|do not|never)|"
        r"don't (?:touch|use|overtighten|forget|over|let|skip|leave|pull|open|press)",
        r"important(?: to| that|ly)?|can't (?:be undone|undo)|cannot be undone|at your own risk",
    ),
    tips=(
        r"(?:here's |here is |just |one |an? |my |another )+(?:quick |little |pro |handy |useful |small |final |last )*"
        r"(?:tip|trick|hint)",
        r"(?:pro |quick |handy |useful )tip|tip|it helps to",
    ),
    warns=(
        r"be (?:very |really |extra )?careful|careful|watch out|beware|caution|warning",
        r"make (?:absolutely )?sure (?:that )?(?:you |it |the \w+ )?(?:don't|do not|doesn't|does not|never|not)",
        r"(?:don't|do not|never)(?: ever)? (?!worry|panic|mind|forget|know|think|need|have|see|want|care|get me)",
    ),
    verbs=FORMS,
    weak_verbs=WEAK,
    means=words(
        """enter escape tab space control command shift option alt return ok okay apply done next send yes plus minus
        arrow key keyboard button mouse icon bracket f anywhere one two three
        four five six seven eight nine ten"""
    ),
    auxiliary=frozenset(
        {("going", "to"), ("make", "sure"), ("making", "sure"), ("get", "to"), ("start", "by"), ("begin", "by")}
    ),
    leads=(
        (rf"let's{_SOFT}|lets{_SOFT}", 2.4),
        (rf"{_GOING}{_SOFT}", 2.1),
        (rf"{_WANT}{_SOFT}", 2.2),
        (rf"{_CAN}{_SOFT}", 1.6),
        (rf"{_WILL}{_SOFT}", 1.8),
        (r"(?:now|so|then|next|okay|here|first) (?:i|you|we)(?: just| then| also)?", 1.8),
        (rf"go ahead and{_SOFT}|let me{_SOFT}|all (?:you|we|i) (?:have to|need to|gotta) do is(?: to)?{_SOFT}", 2.0),
        (r"(?:thing|step|one|part)(?: [\w']+){0,6} (?:is|will be|would be)(?: just)?(?: to)?", 2.3),
        (
            r"(?:thing|idea|trick|what|all) (?:[\w']+ ){1,6}(?:is|was)(?: just)?"
            rf"(?: to|(?: that)? (?:{_SOMEBODY})(?: {_OFTEN})?)?",
            2.5,
        ),
        (rf"^(?:(?:so|now|then|and|okay|well|also) )*to{_SOFT}", 1.5),
        (rf"(?:{_SOMEBODY}) (?:{_OFTEN})", 1.6),
        (r"(?:you|i|we)(?: can)?(?: just)? say|(?:it|that) says|there's", 0.8),
        (r"(?:i'm|we're|you're|i am|we are)(?: just| now| also| then)?", 1.5),
        (rf"(?:{_SOMEBODY})(?: just| simply| then| also| first)?", 1.0),
        (rf"by{_SOFT}", 1.6),
        (rf"(?:with|after|when|before){_SOFT}", 0.8),
        (r"make sure (?:to|you|that you)|don't forget to|remember to|be sure to|try to|how to", 1.2),
        (r"(?:in order )?to(?: just)?", 0.5),
    ),
    open_leads=(
        rf"let's{_SOFT}|{_GOING}{_SOFT}|go ahead and{_SOFT}|(?:you|"
        rf"we|i) (?:want to|need to|have to|wanna|gotta){_SOFT}",
    ),
    not_verbs=words(
        """inside outside behind beside near along across during beneath underneath toward towards past via per
        besides only either neither nor plus minus unlike despite except sometimes usually normally typically often
        today yesterday tomorrow tonight maybe hopefully luckily unfortunately remember be been do done see know
        learn want like need have understand think talk say call remember love hope guess mean happen be able the a
        an my your it this that these those with to in on of for at by from so and or not really just actually
        probably also always never teach demonstrate walk cover take show quick quickly here there now then first go
        get one some any all both what how where when why if as up down out over back"""
    ),
    late=words("yet again too now first second done once time way"),
    subordinate=words("if when once after before while since to as until because although though what how where"),
    spelling=((r"\bi\b(?!\.)", "I"),),
    clause_ends=words(
        """and because so which who then but if when where while until unless okay ok alright though although since
        cause that's it's i'm i'll we're we'll you'll you're you i we they let's there's as just maybe now like
        basically actually obviously right will is are was were has would can which's this'll what how after before once
        um uh or don't doesn't it'll gonna want i've you've we've they've i'd you'd we'd they'd they're they'll mine's
        everything's who's finally anyway sometimes please whatever till instead normally usually"""
    ),
    pronouns=words("it that this them these those here there one ones something everything him her us me you"),
    joiners=words("and or"),
    particles=words("up down off out on in over back away"),
    articles=words("the a an my your this"),
    determiners=words("the a an this that these those my your our his her its their some any no each every of on in"),
    dangling=words(
        """a an the to of in on at by for with from into onto over up as and or but so that this these those your my
        our its their his her is are be it you we i if then than about just very really like which where when what
        how some any will also there here going through under between after before until don't doesn't can't won't
        didn't isn't not never gonna wanna"""
    ),
    fillers=(
        r"^(?:(?:okay|ok|alright|all right|so|well|yeah|now|and) )+(?=(?:so|now|and|okay|then)\b)",
        r"u+h+m?|u+m+|e+r+m?|h+m+|mhm",
        r"(?<!if )(?<!do )(?<!as )(?<!let )(?<!that )(?<!what )(?<!once )(?<!when )you know(?! (?:how|"
        r"what|the|that|where|which|if|your|it))",
        r"(?<!this )(?<!that )(?<!what )(?<!any )(?<!some )(?<!the )(?<!a )(?<!which )(?<!other )(?:kind|sort) of",
        r"kinda|basically|literally|i mean(?! (?:the|that|it))|i guess|like i said",
        r"go ahead and|as you can see",
    ),
    tidy=(
        (r"\b(?:on )?over to\b", "to"),
        (r"^(click|tap|press|hit|double-click|right-click) (?:right )?(?:up |down |over |in )?on\b(?= \w)", r"\1"),
        (r"\b(?:right |up |down |over |back )+(here|there)\b", ""),
        (
            r"\b(?:just|really|basically|actually|literally|simply|"
            r"kind of|sort of|kinda|maybe|obviously|again|like)\b",
            "",
        ),
        (r"\b(?:here|there)(?:$|(?= (?:at|in|on|with|under|to|from)\b))", ""),
    ),
    numbers={
        "two": 2,
        "three": 3,
        "four": 4,
        "five": 5,
        "six": 6,
        "seven": 7,
        "eight": 8,
        "nine": 9,
        "ten": 10,
        "eleven": 11,
        "twelve": 12,
        "fifteen": 15,
        "twenty": 20,
        "thirty": 30,
        "forty": 40,
        "fifty": 50,
        "sixty": 60,
        "ninety": 90,
        "hundred": 100,
    },
    frames={
        "order": "Which step comes right after “{step}”?",
        "order_why": "“{step}” is followed by “{next}”.",
        "word": "Step “{step}”: which word is missing? “{sentence}”",
        "number": "Step “{step}”: which number is missing? “{sentence}”",
        "why": "The video says: “{sentence}”",
    },
)
