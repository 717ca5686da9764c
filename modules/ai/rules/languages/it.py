"""Italian."""

from __future__ import annotations

from ..language import Language
from ..tables import patterns, weighted, weights, whole_numbers, words

_STOPWORDS = words(
    """a abbiamo ad adesso ai al alla alle allo allora altra altre altri altro anche ancora avete aver avere basta bene
    benvenuti buongiorno c'è che chi ci ciao ciò cioè circa col come con cosa cosa così cui da dagli dai dal dalla
    dalle dallo davvero degli dei del dell della delle dello dentro deve devi devo di dobbiamo dopo dove dovete due e
    ecco ed era essere facciamo faccio fai fare fate fatto fine fino fra già gli grazie ha hai hanno ho i il in infine
    io l'altra l'altro la le lei lì li lo loro lui ma mai me meno mentre mi mia mio molto momento ne negli nei nel
    nella nelle nello niente noi non nostra nostro o oggi ogni oppure ora per perché perfetto però più po' poco poi
    possiamo possono posso potete prima primo può puoi qua qualche quale quali quando quasi quella quelle quelli quello
    quel questa queste questi questo qui quindi se sé sei semplicemente sempre senza si sì sia siamo siete sono sopra
    sotto stesso su sua sue sugli sui sul sulla sulle sullo suo suoi tanto te ti tra tu tua tue tuo tuoi tutorial tutta
    tutte tutti tutto un un'altra un'altro un po' una uno va vado vai vanno vi via video vogliamo voi volete volta
    volte vostra vostre vostri vostro vuoi è vediamo vedere vedete passo prossimo prossima"""
)
_ARE = words(
    """cliccare selezionare trascinare copiare incollare salvare eliminare cancellare aggiustare cambiare cercare
    caricare scaricare installare avviare riavviare collegare scollegare attivare disattivare configurare impostare
    modificare ordinare filtrare calcolare stampare inviare mandare confermare annullare digitare girare ruotare
    avvitare svitare allentare tirare spingere appoggiare posizionare tagliare sbucciare tritare affettare mescolare
    versare scaldare riscaldare preriscaldare salare pepare impastare infornare sfornare arrotolare piegare lavare
    asciugare ingrassare controllare verificare misurare segnare montare smontare gonfiare sgonfiare sostituire
    lasciare aspettare entrare creare nominare rinominare formattare regolare spostare levare alzare sollevare
    abbassare fissare attaccare staccare bloccare sbloccare schiacciare forare trapanare carteggiare verniciare
    pitturare spazzolare grattugiare livellare svuotare risciacquare sciacquare spolverare decorare guarnire
    cucinare rosolare condividere toccare pesare setacciare amalgamare spalmare bagnare inzuppare
    martellare piantare innaffiare potare cucire incidere oliare lubrificare sgrassare infilare sfilare
    applicare stirare abilitare disabilitare esportare importare registrare separare preparare"""
)
_WEAK = words("usare iniziare cominciare guardare continuare terminare provare")
_ERE = words(
    """premere mettere chiudere accendere stendere prendere scrivere spingere stringere aggiungere immettere dividere
    condividere connettere disconnettere riempire scorrere rimettere friggere cuocere ripetere spremere immergere
    attendere rompere sbattere raccogliere"""
)
_IRE = words("aprire inserire pulire sostituire riempire coprire seguire restituire bollire farcire")
_GIVEN = {
    "fare": "fai fate facciamo faccio faccia",
    "andare": "vai andate andiamo vado vada",
    "scegliere": "scegli scegliete scegliamo scelgo scelga",
    "togliere": "togli togliete togliamo tolgo tolga",
    "sciogliere": "sciogli sciogliete sciogliamo sciolgo",
    "spegnere": "spegni spegnete spegniamo spengo spenga",
    "tenere": "tieni tenete teniamo tengo tenga",
    "rimuovere": "rimuovi rimuovete rimuoviamo rimuovo rimuova",
    "muovere": "muovi muovete muoviamo muovo",
    "estrarre": "estrai estraete estraiamo estraggo",
    "unire": "unisci unite uniamo unisco unisca",
    "tornare": "torna torni tornate torniamo torno",
}


def _are(verb: str) -> list[str]:
    """The infinitive, and what one says to one, to many, of us and of oneself: clicca, clicchi, cliccate, …"""
    stem = verb[:-3]
    # C and g keep their sound before i, and an i is not written twice: clicchi, taglia.
    soft = stem + "h" if stem[-1] in "cg" else stem.removesuffix("i")
    return [verb, stem + "a", stem + "ate", stem + "o", soft + "i", soft + "iamo"]


def _ere(verb: str) -> list[str]:
    stem, vowel = verb[:-3], verb[-3]
    middle = [stem + "isci", stem + "isco"] if vowel == "i" else []
    return [verb, stem + "i", stem + vowel + "te", stem + "iamo", stem + "o", stem + "a", *middle]


_FORMS = (
    {form: verb for verb in _ARE | _WEAK if verb.endswith("are") for form in _are(verb)}
    | {form: verb for verb in _ERE | _IRE if verb.endswith(("ere", "ire")) for form in _ere(verb)}
    | {form: verb for verb, forms in _GIVEN.items() for form in (verb, *forms.split())}
)


def _number_words() -> dict[str, int]:
    """Italian writes a number as one word: "ventuno", "duecentocinquanta", "millecinquecento"."""
    table = whole_numbers(
        """uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici
        diciassette diciotto diciannove""",
        "venti trenta quaranta cinquanta sessanta settanta ottanta novanta",
        cento=100,
        mille=1000,
        mila=1000,
        un=1,
        una=1,
    )
    ones = {word: value for word, value in table.items() if value < 10 and word not in ("un", "una")}
    tens = {word: value for word, value in table.items() if 20 <= value < 100}
    # The last vowel goes before another: ventuno, ventotto.
    table |= {(ten[:-1] if one[0] in "uo" else ten) + one: a + b for ten, a in tens.items() for one, b in ones.items()}
    below = {word: value for word, value in table.items() if value < 100} | {"": 0}
    hundreds = {f"{one}cento": 100 * value for one, value in ones.items() if value > 1} | {"cento": 100}
    table |= {hundred + rest: a + b for hundred, a in hundreds.items() for rest, b in below.items()}
    thousands = {f"{one}mila": 1000 * value for one, value in ones.items() if value > 1} | {"mille": 1000}
    return table | {start + rest: a + b for start, a in thousands.items() for rest, b in ({"": 0} | hundreds).items()}


LANGUAGE = Language(
    code="it",
    stopwords=_STOPWORDS,
    openers=weights("""
        allora 0.6 | bene 0.6 | benissimo 0.9 | ok 0.9 | okay 0.9 | quindi 0.4 | adesso 1.2 | ora 1.2 | e 0 |
        e ora 1.2 | e adesso 1.2 | e poi 0.6 | poi 1 | dopo 0.8 | dopodiché 1.6 | successivamente 1.9 | prima 0.9 |
        prima di tutto 2.2 | per prima cosa 2.2 | come prima cosa 2.2 | innanzitutto 2.2 | anzitutto 2.2 | infine 2.2 |
        alla fine 1.8 | per finire 2.2 | per iniziare 2.2 | per cominciare 2.2 | a questo punto 1.8 |
        nel frattempo 1.4 | intanto 1 | ecco 0.5 | perfetto 0.8 | ottimo 0.8 | fatto 0.6 | ehm 0 | eh 0
    """),
    phrases=weighted(r"""
        2.8  (?:il )?(?:primo|secondo|terzo|quarto|quinto|prossimo|ultimo) (?:passo|passaggio)
             |(?:il )?(?:passo|passaggio) (?:successivo|numero|uno|due|tre|quattro|cinque|\d+)
        2.0  (?:la )?(?:prima|seconda|prossima|ultima) (?:cosa|operazione|fase)
             |(?:iniziamo|cominciamo|partiamo|iniziate|cominciate|partite) (?:con|col|da|dal|dalla|a)
        1.9  (?:passiamo|proseguiamo|andiamo|passate|proseguite) (?:a|al|alla|ai|alle|con|avanti|oltre)
        1.5  una volta \w+|quando (?:è|sono|avete|hai|sarà|tutto|il|la|l'\w+)|(?:non )?appena|dopo (?:aver|che|circa)
        0.9  se (?:vuoi|volete|vogliamo|preferisci|preferite)|per (?:\w+(?:are|ere|ire|rre|arlo|erlo)|questo|prima)
        1.3  (?:un|ultimo|piccolo) (?:altro |ultimo |piccolo )?(?:consiglio|trucco|trucchetto)|a proposito
        0.6  dobbiamo|dovete|devi|bisogna|occorre|possiamo|potete|puoi|vado a|andate a|vai a
        -0.6 perché|che|è|questo|questa|quello|quella|ciò|cioè|o|oppure|anche|così|in modo|come (?:vedi|vedete|potete)
    """),
    starters=patterns(r"""
        allora|quindi|adesso|ora|poi|dopo|dopodiché|e (?:poi|ora|adesso|quindi|infine|qui)|ma|bene|prima di tutto
        innanzitutto|per prima cosa|come prima cosa|una volta|infine|alla fine|successivamente|perché|a questo punto
        nel frattempo|intanto|per (?:iniziare|cominciare|finire)|oggi|ciao|buongiorno|il prossimo passo
    """),
    soft_starters=patterns(r"""
        se (?:vuoi|volete)|quando|dobbiamo|dovete|devi|bisogna|possiamo|potete|puoi|vado a|andiamo a|e (?:se|il|la|lo)
        per|attenzione|cliccate|premete|aprite|scegliete|mettete
    """),
    intro=patterns(r"""
        ciao|salve|buongiorno|buonasera|benvenut[oaie]|in questo (?:video|tutorial)|questo (?:video|tutorial)
        oggi (?:vi|ti|vediamo|vedremo|parliamo|facciamo|prepariamo|impariamo)|vediamo (?:insieme )?come
        (?:vi|ti) (?:mostro|mostrerò|spiego|spiegherò|faccio vedere|farò vedere)|mi chiamo
    """),
    wrap_up=patterns(r"""
        grazie (?:per|di|a tutti|mille)|(?:questo )?è tutto|alla prossima|al prossimo video|ci vediamo|a presto
        arrivederci|buon appetito|iscriv\w+|spero che|lasciate un (?:commento|mi piace)|abbiamo finito
    """),
    tips=patterns(r"(?:un |il mio |ecco un |un altro )?(?:piccolo |ultimo )?(?:consiglio|trucco|trucchetto)"),
    warns=patterns(r"""
        (?:fate |fai |faccia |fare )?(?:molta |bene )?attenzione|(?:state |stai )?attent[oaie]|cautela|mai
        non (?:tocc|string|forz|us|lasc|mett|apr)\w+|(?:assicuratevi|assicurati|si assicuri) (?:di|che) non
    """),
    verbs=_FORMS,
    weak_verbs=_WEAK | words("fare andare tornare"),
    leads=weighted(r"""
        2.0  (?:andiamo|andate|vado|vai|va) a|dobbiamo|dovete|devi|devo|bisogna|occorre|basta|conviene
             |(?:passo|passaggio|cosa|operazione)(?: \w+){0,2} è(?: quell[oa])?(?: di)?
        1.5  (?:possiamo|potete|puoi|posso|vogliamo|volete|vuoi)(?: ora| adesso| anche)?
        1.7  (?:adesso|ora|poi|dopo|dopodiché|successivamente|infine|fine|quindi|prima|tutto|cosa|innanzitutto|punto
             |frattempo|intanto|iniziare|cominciare|finire|e)
        1.2  (?:noi|voi|tu|io|lei|si|vi)
        0.4  per|di|da|a
    """),
    subordinate=words("se quando perché una mentre prima dopo finché per appena"),
    clause_ends=words(
        """e ed perché che ma se quando poi quindi per finché fino è sono come dove già così dopodiché mentre oppure
        deve devono io noi voi non ne basta bastano"""
    ),
    pronouns=words("lo la li le gli ne ci questo questa quello quella tutto qui qua lì là ciò"),
    articles=words("il lo la i gli le un uno una"),
    command_endings=("ate", "ete", "ite", "iamo"),
    determiners=words(
        """il lo la i gli le un uno una del dello della dei degli delle al allo alla ai agli alle dal dallo dalla dai
        dalle nel nello nella nei nelle sul sullo sulla sui sulle questo questa questi queste quel quello quella ogni
        mio mia tuo tua suo sua nostro nostra vostro vostra"""
    ),
    dangling=words(
        """il lo la i gli le un uno una di a da in con su per tra fra senza del dello della dei degli delle al allo alla
        ai agli alle dal dallo dalla dai dalle nel nello nella nei nelle sul sullo sulla sui sulle e ed o ma che se è
        sono molto più come quindi poi già circa questo questa suo sua vostro vostra nostro nostra mio mia tuo tua"""
    ),
    fillers=patterns(r"e+h+m*|u+h*m+|m+h+|cioè|diciamo|praticamente|insomma|come dire"),
    number_words=_number_words(),
    number_links=words("e"),
    # "Sei pronto" is "you are ready".
    unsure_numbers=words("un uno una sei"),
    sounds=words("musica applausi risate silenzio"),
    negations=words("non mai senza nessun nessuno nessuna niente nulla né"),
    all_of_above=patterns(r"(?:tutte le|nessuna delle) (?:precedenti|risposte)"),
    telling=words("video tutorial guida passo passi passaggi mostra spiega imparare"),
    how_to=patterns(r"come (?:si )?(?=\w+(?:are|ere|ire|rre)\b)"),
    frames={
        "order": "Quale passo viene subito dopo «{step}»?",
        "order_why": "Dopo «{step}» viene «{next}».",
        "word": "Passo «{step}»: quale parola manca? «{sentence}»",
        "number": "Passo «{step}»: quale numero manca? «{sentence}»",
        "why": "Nel video si dice: «{sentence}»",
    },
)
