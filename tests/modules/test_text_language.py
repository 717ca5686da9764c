"""The language of a text: by its script, by its letters, by its words, and unknown where nothing tells."""

from __future__ import annotations

import pytest

from modules.pipeline.language_tables import LANGUAGES
from modules.pipeline.languages import language_code
from modules.pipeline.text_language import SCRIPTS, language_of

SAID = {
    "en": "Unscrew the bolts and lift the cover. Then clean it with warm water.",
    "de": "Lösen Sie die Schrauben und heben Sie die Abdeckung ab.",
    "fr": "Dévissez les vis et soulevez le capot. Il est très lourd.",
    "es": "Quite los tornillos y levante la cubierta con cuidado.",
    "pt": "Retire os parafusos e levante a tampa. Não é pesada.",
    "it": "Svita le viti e solleva il coperchio con le mani.",
    "nl": "Draai de schroeven los en til het deksel op.",
    "sv": "Skruva loss skruvarna och lyft av kåpan. Det är inte tungt.",
    "pl": "Odkręć śruby i zdejmij osłonę. To nie jest ciężkie.",
    "cs": "Odšroubujte šrouby a zvedněte víko. Není to těžké.",
    "hu": "Csavarja ki a csavarokat, és emelje le a fedelet.",
    "ro": "Deșurubați șuruburile și ridicați capacul.",
    "tr": "Vidaları sökün ve kapağı kaldırın. Bu çok kolay.",
    "vi": "Tháo các con vít và nhấc nắp ra.",
    "id": "Lepaskan sekrup dan angkat penutupnya dengan tangan.",
    "ru": "Отвинтите винты и снимите кожух. Мыло не берите.",
    "uk": "Відкрутіть гвинти і зніміть кожух.",
    "ar": "فك البراغي وارفع الغلاف في هذه الخطوة",
    "fa": "پیچ‌ها را باز کنید و درپوش را بردارید",
    "ur": "پیچ کھولیں اور ڈھکن اٹھائیں، یہ آسان ہے",
    "he": "שחררו את הברגים והרימו את הכיסוי",
    "el": "Ξεβιδώστε τις βίδες και σηκώστε το κάλυμμα.",
    "zh": "拧下螺丝，取下外壳。",
    "ja": "ネジを外して、外装部品を取ります。",
    "ko": "나사를 풀고 덮개를 들어 올리세요.",
    "hi": "पेंच निकालें और ढक्कन उठाएं। यह आसान है।",
    "th": "คลายสกรูแล้วยกฝาครอบขึ้น",
    "ka": "მოხსენით ხრახნები",
    "ta": "திருகுகளை அகற்றவும்",
}


@pytest.mark.parametrize("code", SAID)
def test_a_language_is_told_by_a_sentence_or_two(code: str) -> None:
    assert language_of(SAID[code]) == code


@pytest.mark.parametrize("text", ["", "42 °C", "Hmm.", "Photoshop 2024", "♪ ♪"])
def test_what_could_be_any_language_is_none(text: str) -> None:
    assert language_of(text) == ""


def test_words_of_another_script_do_not_decide() -> None:
    assert language_of("Нажмите кнопку Save As и выберите PDF, это не сложно") == "ru"
    assert language_of("点击 File 然后点击 Save As，不要关闭 Photoshop") == "zh"


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_entry_is_whole(code: str) -> None:
    entry = LANGUAGES[code]
    assert language_code(code) == code
    assert entry.script in SCRIPTS
    assert entry.common or [one for one in LANGUAGES.values() if one.script == entry.script] == [entry]
    assert entry.common == entry.common.lower()
