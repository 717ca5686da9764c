import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.pipeline.sentences import sentences


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("en", ["Open settings.py.", "Use the 3.5 mm plug!", "Does it work?", "Yes."]),
        ("en", ["Press A.", "Then press B."]),
        ("en", ["Mr. Smith, e.g. the one in No. 5, pays 9.99 to the U.S. Army.", "I said no.", "Then we go."]),
        ("en", ["Wait... and now it is done.", "It stops at 5 p.m.", "Then we leave."]),
        ("en", ['He said "Stop."', "(Really!)", "See https://example.com/a.b?c=1 now.", "“Go on.”", "Done"]),
        ("en", ["1. Open the door.", "2. Close it."]),
        ("en", ["Nuts, bolts etc.", "Then close it."]),
        ("en", ["no capitals here.", "still two sentences"]),
        ("de", ["Am 3. Mai geht es los, z. B. hier.", "Dann bzw. danach nicht mehr."]),
        ("fr", ["Vous êtes prêt ?", "Oui !", "Allons-y."]),
        ("es", ["¿Listo?", "¡Vamos!", "Aquí está el núm. 5."]),
        ("ru", ["Откройте файл.", "Закройте его и т.д."]),
        ("ar", ["هل أنت جاهز؟", "نعم.", "ابدأ الآن"]),
        ("hi", ["पहले खोलें।", "फिर बंद करें।"]),
        ("th", ["เปิดประตูแล้วปิดหน้าต่าง"]),
    ],
)
def test_sentences_end_where_they_end(language: str, parts: list[str]) -> None:
    assert sentences(" ".join(parts), language) == parts


def test_chinese_and_japanese_need_no_spaces() -> None:
    assert sentences("打开设置。点击「保存。」好了！下一步") == ["打开设置。", "点击「保存。」", "好了！", "下一步"]


def test_an_empty_line_ends_a_sentence_without_a_mark() -> None:
    assert sentences("What you need\n\nA knife\nand a fork") == ["What you need", "A knife\nand a fork"]


@given(st.text(alphabet=st.sampled_from("aB3. !?…\"'。！)\n।؟eg")) | st.text())
def test_nothing_is_added_or_lost(text: str) -> None:
    found = sentences(text)
    assert " ".join(found).split() == text.split() or "".join("".join(found).split()) == "".join(text.split())
    assert all(sentence == sentence.strip() and sentence for sentence in found)


def test_a_long_text_without_marks_takes_no_time_to_speak_of() -> None:
    assert len(sentences("." * 50_000 + " ?!" * 50_000 + "word " * 50_000)) > 1
