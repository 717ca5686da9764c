"""Names, codes and directions of languages, as servers and containers give them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from modules.pipeline.languages import language_code, text_direction

WHISPER = """
    en=english zh=chinese de=german es=spanish ru=russian ko=korean fr=french ja=japanese pt=portuguese tr=turkish
    pl=polish ca=catalan nl=dutch ar=arabic sv=swedish it=italian id=indonesian hi=hindi fi=finnish vi=vietnamese
    he=hebrew uk=ukrainian el=greek ms=malay cs=czech ro=romanian da=danish hu=hungarian ta=tamil no=norwegian
    th=thai ur=urdu hr=croatian bg=bulgarian lt=lithuanian la=latin mi=maori ml=malayalam cy=welsh sk=slovak
    te=telugu fa=persian lv=latvian bn=bengali sr=serbian az=azerbaijani sl=slovenian kn=kannada et=estonian
    mk=macedonian br=breton eu=basque is=icelandic hy=armenian ne=nepali mn=mongolian bs=bosnian kk=kazakh
    sq=albanian sw=swahili gl=galician mr=marathi pa=punjabi si=sinhala km=khmer sn=shona yo=yoruba so=somali
    af=afrikaans oc=occitan ka=georgian be=belarusian tg=tajik sd=sindhi gu=gujarati am=amharic yi=yiddish lo=lao
    uz=uzbek fo=faroese ps=pashto tk=turkmen nn=nynorsk mt=maltese sa=sanskrit lb=luxembourgish my=myanmar
    bo=tibetan tl=tagalog mg=malagasy as=assamese tt=tatar haw=hawaiian ln=lingala ha=hausa ba=bashkir jv=javanese
    su=sundanese yue=cantonese
"""
"""The languages that Whisper knows, by the names that its servers answer with."""
CONTAINERS = """
    ara=ar bul=bg cat=ca ces=cs chi=zh cze=cs dan=da deu=de dut=nl ell=el eng=en est=et fas=fa fin=fi fra=fr fre=fr
    ger=de gre=el heb=he hin=hi hrv=hr hun=hu ind=id ita=it jpn=ja kor=ko lav=lv lit=lt may=ms msa=ms nld=nl nor=no
    per=fa pol=pl por=pt ron=ro rum=ro rus=ru slk=sk slo=sk slv=sl spa=es srp=sr swe=sv tha=th tur=tr ukr=uk vie=vi
    zho=zh haw=haw und= mis= zxx= mul=
"""
"""ISO 639-2: by the names of a language in English, and in the language itself."""


@pytest.mark.parametrize("pair", WHISPER.split())
def test_every_language_of_whisper_has_a_code(pair):
    code, name = pair.split("=")
    assert language_code(name) == language_code(name.title()) == code


@pytest.mark.parametrize("pair", CONTAINERS.split())
def test_codes_of_three_letters_become_those_of_two(pair):
    longer, code = pair.split("=")
    assert language_code(longer) == language_code(longer.upper()) == code


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("de", "de"),
        ("EN", "en"),
        ("zh-Hant", "zh-Hant"),
        ("pt_BR", "pt-BR"),
        ("ger-AT", "de-AT"),
        ("iw", "he"),
        ("jw", "jv"),
        (" Haitian Creole ", "ht"),
        ("klingonish", ""),
        ("<b>", ""),
        ("../en", ""),
        ("", ""),
        (None, ""),
        (7, ""),
        (["en"], ""),
    ],
)
def test_whatever_is_said_becomes_a_code_or_nothing(said, code):
    assert language_code(said) == code


@pytest.mark.parametrize(
    "code",
    [
        "ar",
        "arc",
        "ckb",
        "dv",
        "fa",
        "he",
        "ks",
        "ps",
        "sd",
        "ug",
        "ur",
        "yi",
        "ar-EG",
        "he_IL",
        "pa-Arab",
        "FA",
        "ar-US",
        "fa-x-foo",
    ],
)
def test_languages_that_are_written_from_right_to_left(code):
    assert text_direction(code) == "rtl"


@pytest.mark.parametrize("code", ["de", "en-GB", "ja", "zh-Hant", "pa", "ks-Deva", "", "zz", "x" * 99, "../ar", "a\0b"])
def test_all_others_are_written_from_left_to_right(code):
    assert text_direction(code) == "ltr"


def test_it_is_loaded_without_django_and_without_the_tables_of_any_language():
    code = (
        "import sys, modules.pipeline.languages as languages\n"
        "print(sorted({'django', 'numpy'} & sys.modules.keys()), languages._codes_by_name.cache_info().currsize)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[0] == "[] 0"
