"""The words of English: small words, and verbs of doing with their forms."""

from __future__ import annotations

from ..language import words

STOPWORDS = words(
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
WEAK = words(
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


FORMS = {form: verb for verb in _VERBS | WEAK for form in (verb, _gerund(verb))}
