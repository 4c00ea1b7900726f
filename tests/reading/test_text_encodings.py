"""Encodings of texts, told by their words; where several are plausible, none is taken silently."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox.reading.text_encodings import guesses_of
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = {
    "Die Größe der Straße überraschte uns. „Schön“, sagte er – und ging über die Brücke. Ärger!": (
        "cp1252 cp1250 mac-roman utf-8 utf-16"
    ),
    "L’été dernier, à la forêt, le garçon naïf a goûté un gâteau sucré. Ça alors ! Être ou non.": (
        "cp1252 mac-roman"
    ),
    "¿Dónde está el niño? Mañana vendrá la señora Muñoz. ¡Qué útil! Él también comió jamón.": (
        "cp1252 iso8859-15 mac-roman"
    ),
    "Åsa och Örjan åkte till Malmö på måndag för att äta räksmörgås. Det är så på vintern.": (
        "cp1252 cp850"
    ),
    "Rødgrød med fløde er på bordet, og børnene går hjem. Åh, hvor er det kønt! Ærø ligger.": (
        "cp1252 cp850"
    ),
    "Zażółć gęślą jaźń. Wczoraj był piękny dzień, a chłopiec poszedł do szkoły. Więc świat.": (
        "cp1250 iso8859-2 cp852 cp1257"
    ),
    "Příliš žluťoučký kůň úpěl ďábelské ódy. Dnes večer půjdeme do města, kde stojí věž.": (
        "cp1250 iso8859-2 cp852"
    ),
    "Árvíztűrő tükörfúrógép. Az őszi napsütésben sétáltunk a folyó partján, és nagyon jól.": (
        "cp1250 cp852"
    ),
    "Pijamalı hasta yağız şoföre çabucak güvendi. İstanbul güzel bir şehir, değil mi? Çalışıyor.": (
        "cp1254"
    ),
    "Съешь ещё этих мягких французских булок, да выпей чаю. Мой дядя самых честных правил.": (
        "cp1251 koi8-r cp866 iso8859-5"
    ),
    "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία. Η γλώσσα μου έδωσαν ελληνική, το σπίτι φτωχικό.": (
        "cp1253"
    ),
    "Šiandien ąžuolas žaliuoja, ėjo žmonės. Įlinkdama fechtuotojo špaga pragręžė arbūzą.": (
        "cp1257"
    ),
    "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。": "shift_jis euc_jp",
    "①髙橋さんは㈱に居る。名前はまだ無い。どこで生れたかとんと見当がつかぬ。": "cp932",
    "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.": "euc_kr",
    "똠방각하 펲시콜라 모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에.": "cp949",
    "בראשית ברא אלהים את השמים ואת הארץ. והארץ היתה תהו ובהו, וחשך על פני תהום.": (
        "cp1255 iso8859-8 cp862"
    ),
    "يولد جميع الناس أحرارا متساوين في الكرامة والحقوق، وعليهم أن يعامل بعضهم بعضا.": "cp1256",
    "همه مردم ایران از هر قوم و قبیله که باشند پس چه رنگ و نژاد و گفتار.".replace("ی", "ي"): (
        "cp1256"
    ),
    "话说天下大势，分久必合，合久必分。周末七国分争，并入于秦。": "gb18030",
    "話說天下大勢，分久必合，合久必分。周末七國分爭，併入於秦。": "big5",
}


@pytest.mark.parametrize(("text", "encodings"), TEXTS.items())
def test_that_a_text_is_read_as_it_was_written_or_asked_about(
    tmp_path: Path, text: str, encodings: str
) -> None:
    path = tmp_path / "a.txt"
    for encoding in encodings.split():
        content = (f"{text}\n" * 3).encode(encoding)
        path.write_bytes(content)
        found = guesses_of(path, "")
        read = [content.decode(guess.encoding, "replace") for guess in found]
        assert f"{text}\n" * 3 in read, (encoding, found)
        assert read[0] == f"{text}\n" * 3, (encoding, found)


@pytest.mark.parametrize(
    ("content", "encodings"),
    [
        (b"It\x92s \x93fine\x94 \x96 don\x92t worry, 20 \xb0C.", ["cp1252"]),
        (b"c\xbdur \xe9t\xe9", ["iso8859-15"]),
        ("hello wörld\r\n".encode("utf-16-le"), ["utf-16-le"]),
        ("hello wörld\r\n".encode("utf-16-be"), ["utf-16-be"]),
        (
            "Άλλοι βλέπουν δέντρα, ψάρια και ήλιο. ".encode("iso8859-7"),
            ["cp1253", "iso8859-7"],
        ),
        (b"abc\0 def\n" * 5, ["utf-8"]),
        (b"p\x8ele, n\x87o. c\xf3mo est\x87? " * 9, ["mac-roman", "cp850", "cp852"]),
    ],
)
def test_that_what_is_plausible_is_named(
    tmp_path: Path, content: bytes, encodings: list[str]
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    found = guesses_of(path, "")
    assert [guess.encoding for guess in found] == encodings
    words = {guess.words for guess in found}
    assert len(words) == len(found)  # they show where they differ


@pytest.mark.parametrize(
    "content", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" * 20, bytes(range(256)) * 40, b"a\0b\0\xff" * 99]
)
def test_that_no_text_is_refused_with_a_way_out(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    with pytest.raises(ExperimentError, match=r"it again, or settle how .* --set data\.encoding="):
        guesses_of(path, "")
    assert [guess.encoding for guess in guesses_of(path, "cp1252")] == ["cp1252"]


def test_that_a_mark_of_byte_order_is_no_letter(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("\ufeffabc".encode())
    assert guesses_of(path, "")[0].encoding == "utf-8-sig"
    assert guesses_of(path, "utf8")[0].encoding == "utf-8-sig"
