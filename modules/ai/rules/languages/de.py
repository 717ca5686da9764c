"""German."""

from __future__ import annotations

from ..language import Language
from ..tables import patterns, weighted, weights, whole_numbers, words

_STOPWORDS = words(
    """aber alle allem allen alles als also am an andere auch auf aus bei beim bin bis bitte da dabei dadurch dafür
    damit danach dann dann das dass dein deine deinem deinen dem den denn der des dich die dies diese diesem diesen
    dieser dieses dir doch dort du durch ein eine einem einen einer eines einfach einmal er es etwas euch euer eure
    für gar ganz genau gibt gut hab habe haben habt hat hatte hier hin ich ihm ihn ihr ihre ihrem ihren im immer in
    ins ist ja jede jeden jeder jedes jetzt kann kannst kein keine können könnt man mal mehr mein meine mich mir mit
    muss musst müssen nach natürlich nicht nichts noch nun nur ob oder ohne schon sehr sein seine sich sie sind so
    soll sollte sondern sonst über um und uns unser unsere unter viel vom von vor war warum was weil welche wenn wer
    werde werden wie wieder will wir wird wirst wo wollen wollt worden würde zu zum zur zwei erste ersten nächste
    nächsten video heute hallo zeige zeigen schritt halt eben quasi sozusagen okay ähm äh machen mache macht gehen
    geht geh jetzt somit zuerst zunächst anschließend schließlich zuletzt tipp viel spaß mal erst wichtig fertig
    kurz"""
)
_INFINITIVES = words(
    """abnehmen anklicken abschrauben anschrauben ausschalten einschalten abkleben anlegen aufdrehen zudrehen öffnen
    schließen klicken drücken wählen auswählen eingeben speichern löschen kopieren einfügen ziehen schieben drehen
    stellen legen setzen nehmen geben gießen füllen rühren mischen kneten schneiden schälen hacken backen braten kochen
    erhitzen vorheizen würzen salzen bestreuen streichen falten rollen lösen lockern schrauben festziehen entfernen
    reinigen putzen wischen ölen fetten prüfen kontrollieren messen markieren tippen scrollen wechseln starten
    neustarten installieren herunterladen hochladen verbinden trennen aktivieren deaktivieren einrichten einstellen
    ändern anpassen benennen umbenennen verschieben formatieren filtern sortieren summieren drucken teilen senden
    bestätigen abbrechen suchen finden hängen heben kippen stecken einstecken ausstecken befestigen montieren
    demontieren bauen einbauen ausbauen aufpumpen pumpen ersetzen tauschen austauschen warten abkühlen servieren
    ruhen wenden schwenken abdecken zudecken bestreichen aufrollen ausrollen einrollen exportieren importieren umkehren
    invertieren festlegen vergeben erlauben begrenzen zeichnen schreiben abspielen aufnehmen zuschneiden ausschneiden
    ablegen zusammenklappen aufklappen auflegen unterlegen abziehen abtropfen anheben aufschlagen verteilen bedecken
    aktualisieren synchronisieren ausprobieren testen vergleichen berechnen anzeigen ausblenden einblenden sperren
    hinzufügen abwaschen waschen trocknen gießen kleben bohren sägen schleifen streichen malen spülen leeren füllen
    auffüllen anmelden abmelden registrieren aufrufen markieren unterheben verquirlen schlagen anstellen umdrehen"""
)
_WEAK = words("scrollen machen gehen schauen sehen beginnen anfangen kommen nutzen verwenden lassen zeigen")
_SEPARABLE = words("ab an auf aus ein fest herunter hoch hinzu um unter vor zu zurück weg nach los")
_IRREGULAR = {
    "nimm": "nehmen",
    "nimmst": "nehmen",
    "gib": "geben",
    "gibst": "geben",
    "geht's": "gehen",
    "schneidest": "schneiden",
    "brat": "braten",
    "schäl": "schälen",
    "zieh": "ziehen",
    "öffne": "öffnen",
    "öffnet": "öffnen",
    "wähle": "wählen",
    "schau": "schauen",
    "hängst": "hängen",
    "verbinde": "verbinden",
    "messt": "messen",
    "tippe": "tippen",
    "verquirle": "verquirlen",
    "verquirlst": "verquirlen",
}


def _forms(verb: str) -> dict[str, str]:
    """nehmen, nehme, nehmt, nehmst; of a separable verb only the infinitive stands in one word."""
    stem = verb[:-2] if verb.endswith("en") else verb[:-1]
    # "Klick" and "Stell" are commands too; so is "fülle". Third persons ("klickt") are commands to several.
    return dict.fromkeys((verb, stem, stem + "e", stem + "st", stem + "t", stem + "et", stem + "est"), verb)


def _bases(verbs: frozenset[str]) -> set[str]:
    """What is left of separable verbs in a main clause: "schalten" of "einschalten"."""
    return {verb[len(start) :] for verb in verbs for start in _SEPARABLE if verb.startswith(start) and len(verb) > 7}


_FORMS = {
    form: infinitive
    for verb in _bases(_INFINITIVES) | _INFINITIVES | _WEAK
    for form, infinitive in _forms(verb).items()
} | _IRREGULAR


def _number_words() -> dict[str, int]:
    """Below a thousand German writes a number as one word: "zweihundertfünfundzwanzig"."""
    table = whole_numbers(
        """eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn
        achtzehn neunzehn""",
        "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
        hundert=100,
        tausend=1000,
        ein=1,
        eine=1,
    )
    small = {word: value for word, value in table.items() if value < 10 and word not in ("eins", "eine")}
    tens = {word: value for word, value in table.items() if 20 <= value < 100}
    table |= {f"{one}und{ten}": a + b for one, a in small.items() for ten, b in tens.items()}
    below = {word: value for word, value in table.items() if value < 100} | {"": 0}
    hundreds = {f"{one}hundert": 100 * value for one, value in small.items()} | {"hundert": 100}
    return table | {hundred + rest: a + b for hundred, a in hundreds.items() for rest, b in below.items()}


LANGUAGE = Language(
    code="de",
    stopwords=_STOPWORDS,
    openers=weights("""
        okay 0.9 | so 0.9 | gut 0.6 | super 0.7 | also 0.3 | jetzt 1 | nun 1.2 | und 0 | und jetzt 1 | und dann 0.4 |
        dann 0.7 | danach 1.7 | anschließend 1.8 | zuerst 2 | zunächst 2 | erst mal 1 | erstens 2.2 | zweitens 2.2 |
        drittens 2.2 | schließlich 1.9 | zuletzt 2.2 | zum schluss 2.2 | abschließend 2.2 | als nächstes 2.3 | äh 0 |
        ähm 0 | ja 0 | genau 0.3
    """),
    phrases=weighted(r"""
        3.0  schritt (?:eins|zwei|drei|vier|fünf|sechs|\d+)|im (?:ersten|zweiten|dritten|nächsten|letzten) schritt
        2.5  (?:der|als) (?:erste|zweite|dritte|nächste|letzte)r? (?:schritt|punkt)
             |als (?:erstes|zweites|nächstes|letztes)
        1.8  (?:wir )?(?:fangen|beginnen) (?:wir )?(?:an|mit|damit)|los geht's
        2.0  (?:weiter|kommen wir|gehen wir|wechseln wir) (?:geht|zu|zum|zur|in|auf|mit)|weiter geht's
        1.5  nachdem|sobald
             |wenn (?:das|ihr das|du das|sie das|alles|der|die)(?: \w+){0,4} (?:fertig|erledigt|gemacht|ist)
        0.9  um (?:das|dies|den|die|eine|einen) \w+|wenn (?:du|ihr|sie|man|wir) (?:möchte|willst|wollt|wollen|will)
        1.0  lass(?:t)? uns|schauen wir|wollen wir
        1.3  (?:ein|noch ein|mein) (?:kleiner |letzter )?(?:tipp|hinweis)|übrigens
        0.4  (?:wir|ich|du|ihr|man) (?:\w+en|\w+e|\w+st|\w+t)
        -0.6 weil|denn|dass|damit|welche|oder|das (?:ist|heißt|sind)|es|sie|der|die|dadurch|dabei|hier seht|wie ihr
    """),
    starters=patterns(r"""
        so|jetzt|nun|dann|danach|anschließend|zuerst|als nächstes|und (?:dann|jetzt|wenn|hier)|okay|also|aber|hallo
        weil|zum schluss|schließlich|zuletzt|nachdem|sobald|das war's
    """),
    soft_starters=patterns(r"""
        wenn|ihr (?:müsst|könnt)|wir (?:müssen|können|gehen|klicken|nehmen)|und (?:das|ihr|wir|da)|das (?:ist|sind|geht)
        da|dafür|sie|es|ich
    """),
    intro=patterns(r"""
        hallo|willkommen|herzlich willkommen|guten tag|in diesem (?:video|tutorial)|heute (?:zeige|zeigen|lernen|wollen)
        (?:zeige|zeigen|erkläre) (?:ich|wir) (?:euch|dir|ihnen)|mein name ist|moin|servus
    """),
    wrap_up=patterns(r"""
        das war's|das war es|danke (?:fürs|für das) (?:zuschauen|zusehen)|vielen dank|bis zum nächsten|viel spaß|tschüss
        guten appetit
        das war (?:es )?(?:schon|auch schon)|abonnier\w*|zusammengefasst|bis bald
    """),
    tips=patterns(r"(?:hier )?(?:noch )?(?:(?:ein|mein) )?(?:kleiner |letzter |kurzer )?(?:tipp|trick)"),
    warns=patterns(r"""
        vorsicht|seid? vorsichtig|seien sie vorsichtig|achtung|passt? (?:bitte )?auf|auf keinen fall|niemals
    """),
    verbs=_FORMS,
    weak_verbs=_WEAK,
    leads=weighted(r"""
        1.6  (?:wir|ich|du|ihr|man|sie)(?: jetzt| dann| nun| zuerst)?
        1.7  (?:jetzt|dann|danach|nun|zuerst|zunächst|anschließend|als nächstes|und|zum schluss|schließlich|zuletzt)
        1.5  bitte|einfach
    """),
    not_verbs=words("machen"),
    subordinate=words("wenn nachdem sobald um weil falls bevor während damit"),
    subjects=words("wir ihr du man ich"),
    modals=words("muss musst müsst müssen kann kannst könnt können wollt wollen will soll sollt sollten sollte sollen"),
    clause_ends=words("und weil dass damit wenn oder aber denn sodass bis dann danach wo welche ist sind wird"),
    pronouns=words("es das dies sie ihn ihm alles hier dort da"),
    articles=words("der die das den ein eine einen"),
    determiners=words("der die das den dem ein eine einen einem einer kein keine"),
    dangling=words(
        """der die das den dem ein eine einen einem einer und oder aber mit auf in im an am zu zum zur für von vom bei
        beim aus nach so dass wenn weil jetzt dann noch nur wir ihr du ich sie ist sind wird also mal einfach"""
    ),
    particles=_SEPARABLE,
    fillers=patterns(r"äh+m?|öh+m?|hm+|sozusagen|quasi|irgendwie|halt|mal eben"),
    verb_last=True,
    number_words=_number_words(),
    number_links=words("und"),
    unsure_numbers=words("eins ein eine"),
    sounds=words("musik applaus"),
    negations=words("nicht nie niemals kein keine keinen keinem keiner keines ohne nichts"),
    all_of_above=patterns(r"alle (?:genannten|antworten)"),
    telling=words("video anleitung schulung schritt schritte zeigt erklärt lernen"),
    capital_nouns=True,
    frames={
        "order": "Welcher Schritt kommt direkt nach „{step}“?",
        "order_why": "Auf „{step}“ folgt „{next}“.",
        "word": "Schritt „{step}“: Welches Wort fehlt? „{sentence}“",
        "number": "Schritt „{step}“: Welche Zahl fehlt? „{sentence}“",
        "why": "Im Video heißt es: „{sentence}“",
    },
)
