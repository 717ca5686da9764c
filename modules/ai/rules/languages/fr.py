"""French."""

from __future__ import annotations

from ..language import Language
from ..tables import patterns, weighted, weights, whole_numbers, words

_STOPWORDS = words(
    """à alors après au aucun aussi autre aux avant avec avez avoir avons bien bon bonjour c'est ça car ce ceci cela
    celle celui ces cet cette ceux chaque comme comment d'abord dans de debout déjà depuis des deux dit donc du elle
    elles en encore ensuite est et étape être euh fait faire fois font ici il ils j'ai je juste jusqu'à l'on la là
    le les leur leurs lui ma mais me même mes moi moins mon ne n'est nos notre nous on ont ou où par parce pas peu
    peut peuvent peux plus pour pouvez pouvons puis qu'il qu'on quand que quel quelle quelques qui quoi sa sans se
    sera ses si son sont sous sur ta te tes toi ton toujours tous tout toute toutes très tu un une va vais vas venir
    vers veux voilà vont vos votre voulez vous vraiment y vidéo aujourd'hui enfin maintenant petit petite faut fin
    première premier d'un d'une l'avoir qu'elle s'il n'a voir voici vu allez allons salut merci montrer regarder
    simplement gros toute merci"""
)
_ER = words(
    """cliquer sélectionner appuyer glisser déplacer copier coller enregistrer supprimer effacer ajouter retirer
    enlever tourner visser dévisser serrer desserrer poser placer verser mélanger couper éplucher hacher chauffer
    préchauffer saler poivrer plier rouler étaler laver nettoyer essuyer graisser vérifier contrôler mesurer marquer
    taper activer désactiver configurer modifier changer renommer trier filtrer calculer imprimer partager envoyer
    confirmer valider annuler chercher trouver lever basculer brancher débrancher fixer monter démonter gonfler
    remplacer laisser attendre télécharger installer lancer démarrer redémarrer connecter fermer entrer saisir
    insérer créer former régler aligner tirer pousser casser cocher décocher masquer afficher détartrer rincer
    vidanger allumer gratter coudre peindre percer poncer fouetter battre garnir parsemer servir accrocher attacher
    détacher vider"""
)
_WEAK_ER = words("commencer passer utiliser aller regarder continuer terminer")
_GIVEN = {
    "ouvrir": "ouvrez ouvre ouvrons",
    "choisir": "choisissez choisis choisissons choisit",
    "remplir": "remplissez remplis remplissons remplit",
    "mettre": "mettez mets mettons met",
    "prendre": "prenez prends prenons prend",
    "faire": "faites fais faisons fait",
    "aller": "allez va vas allons vais",
    "saisir": "saisissez saisis saisissons saisit",
    "battre": "battez bats battons bat",
    "servir": "servez sers servons sert",
    "attendre": "attendez attends attendons attend",
    "revenir": "revenez reviens revenons revient",
    "cuire": "cuisez cuis cuisons cuit",
    "éteindre": "éteignez éteins éteignons éteint",
    "remettre": "remettez remets remettons remet",
    "maintenir": "maintenez maintiens maintenons",
    "inscrire": "inscrivez inscris inscrivons",
    "écrire": "écrivez écris écrivons",
    "appuyer": "appuie appuies",
    "essuyer": "essuie",
    "enlever": "enlève enlèves",
    "lever": "lève",
    "insérer": "insère",
    "régler": "règle",
}


def _forms(verb: str) -> list[str]:
    stem = verb[:-2]
    soft = stem + "e" if stem.endswith("g") else stem[:-1] + "ç" if stem.endswith("c") else stem
    return [verb, stem + "ez", stem + "e", stem + "es", soft + "ons"]


_FORMS = {form: verb for verb in _ER | _WEAK_ER if verb.endswith("er") for form in _forms(verb)} | {
    form: verb for verb, forms in _GIVEN.items() for form in (verb, *forms.split())
}

LANGUAGE = Language(
    code="fr",
    stopwords=_STOPWORDS,
    openers=weights("""
        alors 0.6 | bon 0.7 | bien 0.4 | voilà 0.6 | donc 0.4 | maintenant 1.2 | et 0 | et puis 0.6 | puis 1 |
        ensuite 1.7 | d'abord 2 | tout d'abord 2.2 | premièrement 2.2 | deuxièmement 2.2 | enfin 1.8 | finalement 2 |
        pour finir 2.2 | pour commencer 2.2 | euh 0 | ok 0.9 | parfait 0.8 | après 0.8 | après ça 1.5 | après cela 1.6
    """),
    phrases=weighted(r"""
        2.8  étape (?:un|une|deux|trois|quatre|cinq|\d+)
             |(?:la )?(?:première|deuxième|troisième|prochaine|dernière) étape
        2.0  (?:la )?(?:première|deuxième|prochaine|dernière|seconde) chose|on (?:commence|va commencer)
             |commen(?:cez|çons)
        2.0  (?:on|nous) (?:passe|va passer|passons|allons passer)|pass(?:ez|ons) (?:à|au|aux)
        1.5  une fois (?:que|cela|le|la|les|c'est|votre)|quand (?:c'est|vous avez|tout)|dès que|lorsque
        0.9  si (?:vous|tu|on) (?:voulez|veux|veut|souhaitez)|pour (?:faire|cela|ça|créer|ajouter)
        1.3  (?:un|une|petite?|dernière?) (?:petite? )?(?:astuce|conseil)|au fait
        0.6  (?:on|nous|je|vous) (?:va|vais|allez|allons)|on peut|vous (?:devez|pouvez)|il faut
        -0.6 parce|car|qui|que|c'est|ce qui|cela|ça|ou|il|elle|ils|comme vous
    """),
    starters=patterns(r"""
        alors|donc|maintenant|ensuite|puis|après|et (?:là|puis|ensuite|maintenant|voilà|donc)|mais|voilà|une fois
        bonjour
        tout d'abord|d'abord|enfin|parce|pour (?:commencer|finir)|aujourd'hui
    """),
    soft_starters=patterns(r"""
        on (?:va|peut)|vous (?:allez|pouvez|devez)|il faut|je vais|si (?:vous|on)|et vous|et on|il|elle|cliquez
        choisissez|ouvrez|attention|appuyez
    """),
    intro=patterns(r"""
        bonjour|salut|bienvenue|dans cette vidéo|aujourd'hui (?:je|nous|on)|je vais vous (?:montrer|expliquer)
        nous allons voir|on va voir comment|ce tutoriel
    """),
    wrap_up=patterns(r"""
        merci (?:d'avoir|pour|de)|c'est (?:terminé|fini|tout)|à bientôt|à la prochaine|bon appétit|au revoir
        n'hésitez pas|abonne[zr]
        voilà c'est
    """),
    tips=patterns(r"(?:une? |mon |voici une? )?(?:petite? |dernière? )?(?:astuce|conseil|petit truc)"),
    warns=patterns(r"""
        attention|fai(?:te)?s (?:bien )?attention|prudence|soyez prudents?|prenez garde|surtout ne
        (?:ne |n')(?!oubli|hésit|vous inqui|t'inqui)\w+ (?:pas|jamais)
    """),
    verbs=_FORMS,
    weak_verbs=_WEAK_ER | words("faire aller prendre revenir"),
    leads=weighted(r"""
        2.0  (?:on|nous|vous|je|tu)(?: va| allons| allez| vais| vas)(?: donc| maintenant| ensuite| d'abord| juste)?
        1.9  (?:vous|tu|on|il) (?:devez|dois|doit|pouvez|peux|peut|faut|suffit de)(?: ensuite| maintenant)?|il faut
             |suffit d[e']|(?:étape|chose) (?:est|consiste)(?: de| à)?
        1.4  (?:on|nous|vous|je|tu)
        1.7  (?:maintenant|ensuite|puis|d'abord|et|enfin|alors|après|cela|finir|commencer)
        0.4  pour|de|à
    """),
    subordinate=words("si quand lorsque pour parce après avant une afin pendant"),
    clause_ends=words(
        "et parce car qui mais si quand puis ensuite donc pour afin jusqu'à c'est vous on il elle est sont alors où"
    ),
    pronouns=words("le la les ça cela ceci y en tout ici là"),
    articles=words("le la les un une"),
    command_endings=("ez", "ons"),
    determiners=words("le la les un une des du au aux ce cette ces mon ma votre vos notre l'"),
    dangling=words(
        """le la les un une des du de d' à au aux et ou mais en dans sur sous avec pour par sans pendant vers depuis
        entre ce cette ces votre vos notre nos qui que puis si est alors donc bien juste votre très"""
    ),
    fillers=patterns(r"e+u+h+|hum+|genre|en fait|du coup|tu vois|vous voyez|on va dire"),
    number_words=whole_numbers(
        "un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize",
        "vingt trente quarante cinquante soixante",
        cent=100,
        cents=100,
        mille=1000,
        une=1,
        vingts=20,
    ),
    number_links=words("et"),
    # Soixante-dix, quatre-vingts, quatre-vingt-onze.
    number_joins={(4, 20): 80} | {(tens, rest): tens + rest for tens in (60, 80) for rest in range(10, 20)},
    unsure_numbers=words("un une"),
    sounds=words("musique applaudissements rires"),
    negations=words("pas jamais sans aucun aucune rien ni"),
    all_of_above=patterns(r"toutes les réponses"),
    telling=words("vidéo tutoriel guide étape étapes montre explique apprendre"),
    frames={
        "order": "Quelle étape vient juste après « {step} » ?",
        "order_why": "Après « {step} » vient « {next} ».",
        "word": "Étape « {step} » : quel mot manque ? « {sentence} »",
        "number": "Étape « {step} » : quel nombre manque ? « {sentence} »",
        "why": "Dans la vidéo : « {sentence} »",
    },
)
