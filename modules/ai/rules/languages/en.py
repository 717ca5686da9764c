"""English, as people talk while they show something."""

from __future__ import annotations

from ..language import Language
from ..tables import patterns, weighted, weights, whole_numbers, words

_STOPWORDS = words(
    """a about above actually after again against all almost also although always am an and another any anything are
    aren't around as at back be because been before being below between both but by can can't cannot come could did
    didn't do does doesn't doing don't done down each either else even ever every everything few first for from get
    gets getting give go goes going gonna good got great had has hasn't have having he her here here's hers him his
    how however i i'd i'll i'm i've if in into is isn't it it's it'll its itself just kind know last later least
    less let let's like little look looks lot made make makes making many may maybe me mean might more most much
    must my need needs never new next no not nothing now of off often oh ok okay on once one ones only onto or other
    our out over own part people perhaps pretty probably put quite rather really right same say see seem she should
    show so some somebody someone something sort start still such sure take takes than that that's the their them
    then there there's these they they're thing things think this those though three through time to together too
    two under until up upon us use used using usually very video wanna want wants was way we we'll we're we've well
    were what what's whatever when where which while who whole why will with within without won't work would yeah
    yes yet you you'd you'll you're you've your yourself alright um uh er hmm basically gotta cool nice hey hi hello
    guys everybody everyone today stuff bit simply literally super able different already anyway whether second
    third lets thats youre im dont ill tutorial quick quickly easy welcome thanks thank watching channel subscribe"""
)

_VERBS = words(
    """access activate add adjust align allow answer apply arrange assemble assign attach bake beat bend blend boil
    bolt bring browse brush build calculate cancel change charge check choose chop clamp clean clear click clip
    close coat collapse collect combine compare configure confirm connect convert cook cool copy cover crack create
    crop cross cut deactivate define delete deselect detach dice dip disable disconnect divide double-click download
    drag drain draw drill drizzle drop dry duplicate edit eject email empty enable enter erase expand explain export
    extend extract fasten feed fetch fill filter find finish fit fix flatten flip fold follow format fry garnish
    generate glue grab grate grease grind group hang heat hide highlight hold hover hook import include increase
    inflate insert inspect install invert invite join knead label launch lay let leave lift link list load lock log
    loosen lower lubricate make measure melt merge mix modify mount move mute name navigate oil open order organize pack
    paint pair paste pause peel pick pin place plug point pop position pour practice preheat prepare press preview
    print prop pull pump punch push rearrange reboot reconnect record redo reduce refresh reinstall release reload
    remove rename repeat replace reset resize restart restore retype return review right-click rinse roast roll
    rotate rub run save scan schedule scoop scrape screw scroll scrub search season seal select send separate serve
    set share sharpen shift shut sift simmer sketch slice slide snap sort split sprinkle spray spread squeeze stack
    step stir stop take put straighten strain stretch style submit subscribe swap swipe switch tag tap tape taste
    test thread tie tighten tilt toast toggle toss trace transfer trim turn twist type unbolt uncheck undo unfold
    ungroup uninstall unlock unmute unplug unscrew untick hit tick sign solder sand sew stitch staple hammer nail
    saw level caulk unlatch tuck unhook pry wiggle tear plant dig water prune comb braid dial pay post publish reply
    forward archive mark crop blur mask clone render compile deploy debug commit execute soak season smooth
    stain varnish tune calibrate disassemble reassemble unroll unwrap update upgrade upload verify wait warm wash
    watch weigh whisk wipe wrap write zoom
    freeze colour color scale replicate count centre center straighten offload convert capture embed retouch darken
    brighten lighten define declare optimize optimise authorize subtract multiply initialize initialise fade mirror
    recover customize customise summarize"""
)
_WEAK = words(
    "go get use scroll hover do start keep try give show look talk begin play jump "
    "head stay continue explore let wait explain watch repeat follow find subscribe include"
)


def _doubles(verb: str) -> bool:
    """Whether the last letter is doubled before -ing: cut, cutting."""
    one_beat = sum(a not in "aeiou" and b in "aeiou" for a, b in zip("x" + verb, verb, strict=False)) == 1
    tail = verb[-3:]
    return len(tail) == 3 and one_beat and tail[0] not in "aeiou" and tail[1] in "aeiou" and tail[2] not in "aeiouwxy"


def _gerund(verb: str) -> str:
    if verb.endswith("e") and not verb.endswith(("ee", "oe")):
        return verb[:-2] + "ying" if verb.endswith("ie") else verb[:-1] + "ing"
    return verb + (verb[-1] if _doubles(verb) else "") + "ing"


_FORMS = {form: verb for verb in _VERBS | _WEAK for form in (verb, _gerund(verb))}

_PARTS = {
    "somebody": "i|you|we|they",
    "going": (
        "(?:(?:i'm|i am|we're|we are|you're|you are|im|youre) (?:just |also |then |now )*(?:going to|gonna|about to))"
    ),
    "will": (
        "(?:(?:i'll|we'll|you'll|i will|we will|you will|youll)(?: (?:just|also|then|now|first|go ahead and)){0,3})"
    ),
    "want": (
        "(?:(?:i|you|we|you'll|you'd|we'll|you'll probably) (?:just |then |also |first |really |do )*"
        "(?:want to|wanna|need to|have to|gotta|should|must|"
        "'ve got to|got to|would|like to|might want to|may want to))"
    ),
    "can": "(?:(?:i|you|we) (?:just |then |also |first |really |always )*(?:can|could|might|may))",
    "soft": (
        "(?: (?:just|simply|then|also|now|first|maybe|actually|quickly|basically|go ahead and|come over and|"
        "come in and))*"
    ),
    "often": "always|usually|normally|basically|actually|mostly|really|simply|often|even|only",
    "ordinal": "first|second|third|fourth|fifth|sixth|seventh|next|last|final|other",
}
"""What the patterns below have in common; they name these as `<going>`."""

LANGUAGE = Language(
    code="en",
    stopwords=_STOPWORDS,
    openers=weights("""
        okay 0.9 | ok 0.9 | alright 1.1 | all right 1.1 | right 0.4 | so 0.4 | now 0.9 | then 0.5 | and -0.3 |
        and then 0.2 | but -0.4 | well 0.1 | um 0 | uh 0 | yeah 0 | oh 0.2 | great 0.8 | cool 0.8 | perfect 0.8 |
        awesome 0.8 | good 0.4 | nice 0.4 | anyway 0.8 | anyways 0.8 | actually 0 | also 0.4 | again -0.3 | just 0 |
        finally 2 | lastly 2.2 | next 2 | next time -0.4 | first 1.9 | first of all 2 | first off 2 | first up 2 |
        second 1.4 | third 1.6 | firstly 2 | secondly 2 | thirdly 2 | afterwards 1.2 | meanwhile 0.8
    """),
    phrases=weighted(
        r"""
        3.0  step (?:number )?(?:one|two|three|four|five|six|seven|eight|nine|ten|\d+)
        2.4  (?:the|our|my|your) (?:very )?(?:<ordinal>) (?:thing|step|part|section|bit|task|item|stage|job)
        1.4  the (?:<ordinal>) (?:one|option|way|tool|tab|feature|setting)
        1.9  to start(?: off| with)?|to begin(?: with)?
        1.8  let's (?:start|begin|get started|kick|dive|jump)|(?:we'll|i'll|we can) (?:start|begin)
             |start (?:by|off|with)
        2.2  (?:second|third|fourth|last) (?:of all|up|thing|step)|last but not least
        2.2  next up|up next|next (?:we|you|i|let's|thing|step)
        2.4  moving on|move on|(?:let's|we'll|we can|i'll|i want to) move on|on to the
        1.6  let's (?:go|head|switch|hop|jump|come|turn|move) (?:back|over|on|to|into|in|up|down)
        1.3  (?:let's|i'll|i want to|i'm going to|i wanna|we'll|we're going to) (?:talk about|look at|take a look
             |have a look|show you)
        0.2  let's (?:say|see|not)
        1.0  let's|let us|lets
        0.6  let me
        1.4  after (?:that|this|you've|you have|we've|doing|a few|about|you|the|it's|it)
        1.4  (?:once|as soon as) (?:you|you've|you're|that|that's|we|we've|it|it's|everything|the|this|i|i've|they)
        1.3  (?:now that|since) (?:you|we|i|that|the|you've|we've|i've|it's|that's)
        1.4  when (?:you're|we're|that's|it's|you've) (?:done|finished|ready|happy)
        1.7  (?:another|one more|one other|one last|the other) (?:thing|way|option|feature|cool|neat|useful|trick|tip)
        1.3  (?:a|one|just a|here's a|another|my) (?:quick |little |small |pro |final |last )*(?:tip|note|trick|hint)
             |pro tip
        0.9  by the way|side note|as an aside|while we're here|speaking of
        1.2  as for|when it comes to|in terms of|with that(?: said| done| out)?|having said that
        0.9  what (?:if|about)|how about|how (?:do|can|would|to)|what (?:we're|i'm|you're) going to
        1.4  what (?:i|we|you)(?:'re| are|'m)? (?:always |really |also |usually )?(?:want|wanna|need|like)
        0.9  what (?:you|i|we) (?:have|can)
        0.9  in order to|to (?:do|get|make|create|add|change|set|use|open|turn|start|remove|delete|edit|move|save)
             |to \w+ (?:\w+ ){1,6}(?:you|you've|i|i'm|i'll|we|we're|what|there's)
        0.8  if (?:you|we|i) (?:want|wanted|would like|need|like|wish|don't want|ever)|if you'd like|say you want
        1.4  (?:the|an?|one) (?:only |big |main |real |easy |nice |hard )*(?:thing|part|bit|win|problem)
        1.3  before (?:we|i|you|that|doing)
        1.4  (?:when|if|once) (?:you|i|we|that|it|that's|it's|everything|everything's)(?: \w+){0,3} (?:done|good|ready
             |happy|finished)
        0.9  for (?:the|this|your|my)
        0.5  (?:the|our|your|my) \w+
        0.4  this is (?:the|where|our|my|your)|here comes
        -0.6 as you can see|you can see|you(?:'ll| will) (?:see|notice)|you (?:see|notice)
        0.7  <going>
        0.5  <want>|<can>
        0.4  <will>
        0.4  i (?:want|wanted|like|think we)
        0.2  make sure|be careful|don't forget|remember
        -0.9 because|cause|which|who|where|or|although|though|even|since|unless|until|instead
        -0.6 it|it's|it'll|its|he|she|they|they're|they'll|these|those|this (?:is|will|means|way)|that(?:'s| is|'ll)?
        -0.7 for (?:example|instance)|like|i mean|i think|i guess|i don't|kind of|sort of|basically|obviously|of course
             |in this case
        0.1  there's|there is|there are|here's|here is|here are|here you|here we
    """,
        _PARTS,
    ),
    starters=patterns(r"""
        so(?! (?:that|much|many|far|on)\b)|okay|ok|alright|all right|right so|now(?! (?:so|is|and|but|okay|because)\b)
        then
        next(?! (?:to|time|next|and)\b)|finally|lastly|anyway|anyways|perfect|great|awesome
        but|because|first(?! (?:is|was|one|time|i)\b)|oh|also|hi|hello|hey|welcome|thanks|thank you|moving on
        step (?:one|two|three|four|five|\d+)
        and (?:then|now|so|if|once|when|after|here|that's|this is|what|let's|you'll|i'm|we're|i'll|there|finally|yeah)
        let's|let me|we're (?:going|gonna)|i'm (?:going|gonna)|you're (?:going|gonna)|one (?:more|last|other) thing
        once (?:you|we|i|it|that)(?:'\w+)?|after (?:that|this|you)|in order to
        the (?:first|next|last|other) (?:thing|step)
    """),
    soft_starters=patterns(r"""
        what (?:i|you|we) (?:want|need|do)|for (?:the|this|your|my) \w+ (?:you|i|we)|the (?:thing|trick|\w+ (?:is|are))
        if (?:you|we|i|it|that)(?:'\w+)?|when (?:you|we|i|it)(?:'\w+)?|to do|and (?:you|we|i|it|the|this|that)
        just (?:click|go|press|type|hit)
        you'll|i'll|we'll|you want|you need|you have to|you can|we can|we want|we need|i want|i can|i like|i usually
        there's|there is|here's|here is|as you can|for example|make sure|this is|that's|it's
        it (?:is|will|should|can|may)
        (?:it|that) (?!across|towards|upwards|downwards|backwards|forwards|sideways|always|as|this)\w+s
        click|press|select|choose|open|type|drag|hit|tap|push|pull|put|take|turn|add|remove|insert|enter|save
    """),
    intro=patterns(r"""
        welcome (?:back|to)|in (?:this|today's) (?:video|tutorial|lesson|screencast|clip|one|session|episode)
        (?:hi|hello|hey)(?: there)?(?: (?:guys|everyone|everybody|folks|all|friends))?
        my name is|my name's|today (?:i'm|we're|i'll|we'll|i|we|i want|you)
        i'm going to (?:be )?(?:show|teach|walk|demonstrat)\w*
        (?:i|we)(?:'ll| will)(?: be)? (?:show|teach|walk|demonstrat)\w* you|what's up|good (?:morning|afternoon|evening)
        you(?:'ll| will) (?:learn|need)|we(?:'ll| will) (?:learn|need|look at|cover)|let's get started
        this (?:video|tutorial)
        subscribe|by the end of this
    """),
    wrap_up=patterns(r"""
        thank(?:s| you)(?: so much| very much)? for (?:watching|viewing|joining|tuning|listening)
        see you (?:next|in the next|soon|later)
        that's (?:(?:really|basically|pretty much|about) )?(?:it|all|how|everything)
        that(?:'s| is) (?:it for|all for|how you|how to|how easy|the whole thing)|there you have it|and yeah
        (?:hope|hopefully) (?:you|this|that)(?: \w+)? (?:enjoyed|helps|helped|found|liked|was|learned|been)
        until next time|bye
        (?:like and|please|don't forget to) subscribe|leave (?:a|me a|your) comments?|in the comments
        to (?:sum up|recap|summarize|conclude|wrap)
        in (?:summary|conclusion)|that wraps|we(?:'ve| have) (?:now )?(?:learned|covered|seen how)|you now know
        enjoy your
        and you(?:'re| are) (?:all )?done|if you have any questions|take care
    """),
    tips=patterns(r"""
        (?:here's |here is |just |one |an? |my |another )+(?:(?:quick|little|pro|handy|useful
        |small|final|last) )*(?:tip|trick|hint)
        (?:pro |quick |handy |useful )tip|tip|it helps to
    """),
    warns=patterns(r"""
        be (?:very |really |extra )?careful|careful|watch out|beware|caution|warning
        make (?:absolutely )?sure (?:that )?(?:you |it |the \w+ )?(?:don't|do not|doesn't|does not|never|not)
        (?:don't|do not|never)(?: ever)? (?!worry|panic|mind|forget|know|think|need|have|see|want|care|get me)
    """),
    verbs=_FORMS,
    weak_verbs=_WEAK,
    means=words(
        """enter escape tab space control command shift option alt return ok okay apply done next send yes plus minus
        arrow key keyboard button mouse icon bracket f anywhere one two three four five six seven eight nine ten"""
    ),
    auxiliary=frozenset(
        {("going", "to"), ("make", "sure"), ("making", "sure"), ("get", "to"), ("start", "by"), ("begin", "by")}
    ),
    leads=weighted(
        r"""
        2.4  let's<soft>|lets<soft>
        2.1  <going><soft>
        2.2  <want><soft>
        1.6  <can><soft>
        1.8  <will><soft>
        1.8  (?:now|so|then|next|okay|here|first) (?:i|you|we)(?: just| then| also)?
        2.0  go ahead and<soft>|let me<soft>|all (?:you|we|i) (?:have to|need to|gotta) do is(?: to)?<soft>
        2.3  (?:thing|step|one|part)(?: [\w']+){0,6} (?:is|will be|would be)(?: just)?(?: to)?
        2.5  (?:thing|idea|trick|what|all) (?:[\w']+ ){1,6}(?:is|was)(?: just)?(?: to
             |(?: that)? (?:<somebody>)(?: <often>)?)?
        1.5  ^(?:(?:so|now|then|and|okay|well|also) )*to<soft>
        1.6  (?:<somebody>) (?:<often>)
        0.8  (?:you|i|we)(?: can)?(?: just)? say|(?:it|that) says|there's
        1.5  (?:i'm|we're|you're|i am|we are)(?: just| now| also| then)?
        1.0  (?:<somebody>)(?: just| simply| then| also| first)?
        1.6  by<soft>
        0.8  (?:with|after|when|before)<soft>
        1.2  make sure (?:to|you|that you)|don't forget to|remember to|be sure to|try to|how to
        0.5  (?:in order )?to(?: just)?
    """,
        _PARTS,
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
    particles=words("up down off out on in over back away"),
    articles=words("the a an my your this"),
    determiners=words("the a an this that these those my your our his her its their some any no each every of on in"),
    dangling=words(
        """a an the to of in on at by for with from into onto over up as and or but so that this these those your my
        our its their his her is are be it you we i if then than about just very really like which where when what
        how some any will also there here going through under between after before until don't doesn't can't won't
        didn't isn't not never gonna wanna"""
    ),
    fillers=patterns(r"""
        ^(?:(?:okay|ok|alright|all right|so|well|yeah|now|and) )+(?=(?:so|now|and|okay|then)\b)
        u+h+m?|u+m+|e+r+m?|h+m+|mhm
        (?<!if )(?<!do )(?<!as )(?<!let )(?<!that )(?<!what )(?<!once )(?<!when )you know(?! (?:how|what|the|that|where
        |which|if|your|it))
        (?<!this )(?<!that )(?<!what )(?<!any )(?<!some )(?<!the )(?<!a )(?<!which )(?<!other )(?:kind|sort) of
        kinda|basically|literally|i mean(?! (?:the|that|it))|i guess|like i said
        go ahead and|as you can see
    """),
    number_words=whole_numbers(
        """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
        eighteen nineteen""",
        "twenty thirty forty fifty sixty seventy eighty ninety",
        hundred=100,
        thousand=1000,
    ),
    number_links=words("and"),
    unsure_numbers=words("one"),
    sounds=words("music applause laughter laughs noise silence"),
    negations=words(
        """not never no cannot can't don't doesn't didn't won't shouldn't mustn't isn't aren't without nothing
        neither"""
    ),
    all_of_above=patterns(r"(?:all|none|both|neither) of (?:the above|these|them)"),
    telling=words("video tutorial guide training module step steps show shows demonstrate explain learn"),
    how_to=patterns(r"how (?:to (?!for\b|guide\b|video\b)|you can |we can |i )"),
    frames={
        "order": "Which step comes right after “{step}”?",
        "order_why": "“{step}” is followed by “{next}”.",
        "word": "Step “{step}”: which word is missing? “{sentence}”",
        "number": "Step “{step}”: which number is missing? “{sentence}”",
        "why": "The video says: “{sentence}”",
    },
)
