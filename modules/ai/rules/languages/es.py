"""Spanish."""

from __future__ import annotations

from ..language import Language
from ..tables import patterns, weighted, weights, whole_numbers, words

_STOPWORDS = words(
    """a ahora al algo algunas algunos allí ante antes aquí así aún aunque bien bueno cada casi como cómo con cosa
    cosas cual cuando cuándo de del desde después donde dos el él ella ellas ellos en entonces era eres es esa esas
    ese eso esos esta está estamos están estas este esto estos fin forma fue ha hace hacer hacia han has hasta hay
    he hola la las le les lo los luego más me mi mis mismo momento muy nada ni no nos nosotros nuestra nuestro o os
    otra otro para pero poco podemos poder porque primer primera primero pues que qué queremos quien se sea ser si
    sí siempre sin sobre solo son su sus también tan tanto te tenemos tener tiene tienen tienes toda todas todo
    todos tu tus un una unas uno unos usted ustedes va vamos van vas ver vez video vídeo voy y ya yo eh este paso
    siguiente finalmente último hoy bienvenidos gracias tutorial vale pues mostrar enseñar puedes puede quieres
    quiere debes simplemente veces"""
)
_AR = words(
    """seleccionar pulsar presionar arrastrar copiar pegar guardar borrar eliminar agregar quitar girar tocar
    atornillar aflojar apretar colocar mezclar cortar pelar picar calentar precalentar salar doblar enrollar lavar
    limpiar secar engrasar revisar comprobar medir marcar activar desactivar configurar modificar cambiar ordenar
    filtrar calcular enviar confirmar cancelar buscar levantar conectar desconectar fijar montar desmontar inflar
    reemplazar dejar esperar descargar instalar iniciar reiniciar cerrar entrar insertar crear formatear ajustar
    empujar tirar amasar hornear reposar formar rellenar lijar pintar taladrar cepillar rallar echar sacar retirar
    llenar vaciar bajar apagar encender nombrar teclear cocinar enganchar desinflar"""
)
_WEAK = words("usar empezar comenzar pasar mirar terminar continuar")
_GIVEN = {
    "abrir": "abre abran abra abrimos abrid abro ábrelo",
    "hacer": "haz haga hagan hacemos haced hago",
    "poner": "pon ponga pongan ponemos poned pongo ponlo",
    "escribir": "escribe escriba escriban escribimos escribo",
    "añadir": "añade añada añadan añadimos añado",
    "elegir": "elige elija elijan elegimos elijo",
    "ir": "ve vaya vayan vayamos",
    "batir": "bate bata batan batimos bato",
    "subir": "sube suba suban subimos subo",
    "introducir": "introduce introduzca introducimos",
    "extender": "extiende extienda extendemos",
    "mover": "mueve mueva movemos muevo",
    "volver": "vuelve vuelva volvemos vuelvo",
    "verter": "vierte vierta vertemos",
    "servir": "sirve sirva servimos",
    "imprimir": "imprime imprima imprimimos",
    "compartir": "comparte comparta compartimos",
    "calentar": "calienta caliente calienten",
    "cerrar": "cierra cierre cierren",
    "apretar": "aprieta apriete aprieten",
    "encender": "enciende encienda encendemos",
    "medir": "mide mida medimos",
    "comprobar": "comprueba compruebe",
    "freír": "fríe freímos",
    "coger": "coge coja cogemos",
    "meter": "mete meta metemos",
}


def _forms(verb: str) -> list[str]:
    stem = verb[:-2]
    # Before e: -car, -gar, -zar change to keep their sound.
    soft = {"c": stem[:-1] + "qu", "g": stem + "u", "z": stem[:-1] + "c"}.get(stem[-1], stem)
    return [
        verb,
        stem + "a",
        soft + "e",
        soft + "en",
        stem + "amos",
        soft + "emos",
        stem + "as",
        stem + "ad",
        stem + "o",
    ]


_FORMS = {form: verb for verb in _AR | _WEAK if verb.endswith("ar") for form in _forms(verb)} | {
    form: verb for verb, forms in _GIVEN.items() for form in (verb, *forms.split())
}


def _number_words() -> dict[str, int]:
    """From 21 to 29 Spanish writes a number as one word: "veintidós"."""
    table = whole_numbers(
        """uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete
        dieciocho diecinueve""",
        "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
        cien=100,
        ciento=100,
        mil=1000,
        un=1,
        una=1,
    )
    return table | {f"veinti{one}": 20 + value for one, value in table.items() if value < 10}


LANGUAGE = Language(
    code="es",
    stopwords=_STOPWORDS,
    openers=weights("""
        vale 0.9 | bueno 0.7 | bien 0.6 | entonces 0.5 | ahora 1.2 | y 0 | y ahora 1.2 | luego 1.2 | después 1.6 |
        a continuación 2 | primero 2 | en primer lugar 2.2 | segundo 2 | tercero 2 | finalmente 2.2 | por último 2.3 |
        para terminar 2.2 | para empezar 2.2 | pues 0.2 | eh 0 | perfecto 0.8 | listo 0.8 | muy bien 0.9
    """),
    phrases=weighted(r"""
        2.8  (?:el )?(?:primer|segundo|tercer|siguiente|último) paso|paso (?:uno|dos|tres|cuatro|cinco|\d+)
        2.0  lo (?:primero|siguiente|segundo|último) (?:que|es)?
             |(?:vamos a|empezamos|comenzamos|vamos) (?:empezar|comenzar|con)
        1.9  (?:vamos|pasamos|nos vamos|pasemos) (?:a la|al|a los|a las)|siguiente
        1.5  una vez (?:que|hecho|hecha|listo|lista)|cuando (?:esté|ya|haya|tengas|tengamos)|en cuanto
        0.9  si (?:quieres|quieren|queremos|deseas)|para (?:hacer|eso|esto|ello|crear|agregar|añadir)
        1.3  (?:un|otro|último|pequeño) (?:pequeño )?(?:consejo|truco)|por cierto
        0.6  vamos a|voy a|tenemos que|tienes que|hay que|debemos|puedes|podemos|van a
        -0.6 porque|que|es|esto|eso|está|o|así|ya que|como (?:pueden|puedes|ven)
    """),
    starters=patterns(r"""
        entonces|ahora|luego|después|y (?:ahora|luego|después|entonces|aquí|ya)|pero|vale|bueno|primero|una vez|hola
        por último|finalmente|a continuación|porque|para (?:empezar|terminar)|mientras tanto|el siguiente paso|hoy
    """),
    soft_starters=patterns(r"""
        vamos a|voy a|si (?:quieres|queremos)|cuando|tenemos que|hay que|y (?:si|vamos|lo|la|el)|para|puedes|tiene que
        cuidado
    """),
    intro=patterns(r"""
        hola|bienvenid[oa]s?|en este (?:vídeo|video|tutorial)|hoy (?:vamos|voy|les|te|os)
        (?:voy|vamos) a (?:mostrar|enseñar|aprender)\w*
        buenos días|buenas tardes
    """),
    wrap_up=patterns(r"""
        gracias por (?:ver|mirar|su)|eso es todo|hasta (?:la próxima|luego|pronto)|nos vemos|suscríbe\w*|espero que
        buen provecho
        y ya está|con esto (?:hemos )?termina\w*
    """),
    tips=patterns(r"(?:un |mi |otro )?(?:pequeño |último )?(?:consejo|truco)"),
    warns=patterns(r"""
        (?:ten |tenga |tened |tengan |mucho )?cuidado|atención|ojo|nunca|jamás
        no (?:toques|toque|aprietes|apriete|pongas|ponga|uses|use|abras|abra|dejes|deje)
        (?:asegúrate|asegúrese|asegúrense|aseguraos) de (?:que )?no
    """),
    verbs=_FORMS,
    weak_verbs=_WEAK | words("hacer ir volver"),
    leads=weighted(r"""
        2.0  (?:vamos|voy|vas|van|va) a|(?:tenemos|tienes|tiene|tienen|hay) que|(?:debemos|debes|debe|deben)
             |(?:paso|siguiente|primero|último) es
        1.5  (?:podemos|puedes|puede|pueden|queremos|quieres)(?: ahora| también)?
        1.7  (?:ahora|luego|después|primero|y|entonces|continuación|último|terminar|finalmente|simplemente|lugar)
        1.2  (?:nosotros|usted|ustedes|yo|tú|se)
        0.4  para|de
    """),
    subordinate=words("si cuando para porque una mientras antes después hasta"),
    clause_ends=words("y porque que pero si cuando luego después entonces para hasta está es son como donde ya"),
    pronouns=words("lo la los las esto eso todo aquí ahí allí le nos"),
    articles=words("el la los las un una"),
    determiners=words("el la los las un una unos unas este esta estos estas su sus mi tu nuestro nuestra del al"),
    dangling=words(
        """el la los las un una unos unas de del a al y o pero en con por para sin sobre que si su sus mi tu este esta
        es muy más como entonces luego ya lo nos"""
    ),
    fillers=patterns(r"e+h+m?|o sea|este pues|digamos|básicamente|como que"),
    number_words=_number_words(),
    number_links=words("y"),
    unsure_numbers=words("uno un una"),
    sounds=words("música aplausos"),
    negations=words("no nunca jamás sin ningún ninguna ninguno nada ni"),
    all_of_above=patterns(r"todas las anteriores"),
    telling=words("vídeo tutorial guía paso pasos muestra explica aprender"),
    frames={
        "order": "¿Qué paso viene justo después de «{step}»?",
        "order_why": "Después de «{step}» viene «{next}».",
        "word": "Paso «{step}»: ¿qué palabra falta? «{sentence}»",
        "number": "Paso «{step}»: ¿qué número falta? «{sentence}»",
        "why": "En el vídeo se dice: «{sentence}»",
    },
)
