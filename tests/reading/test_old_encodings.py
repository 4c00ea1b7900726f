"""Tables whose few words are written in encodings older than Unicode."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox.reading.encoding import encodings_of_table
from sandbox.reading.old_encodings import plausible_encodings
from sandbox.reading.recipe import Recipe
from sandbox.reading.table_files import read_table

if TYPE_CHECKING:
    from pathlib import Path

WESTERN = """
Datum;Menge;Preis für Öl|Monat;Umsätze;Größe|Tag;Höhe über NN|Datum;Temperatur °C|Datum;Preis €
Date;Quantité;Prix|Année;Précipitations;Débit moyen|Heure;Débit à la station|Libellé;Valeur
Fecha;Cantidad;Año|Día;Ventas;Temperatura máxima|Mês;Vendas;Precipitação|Estação;Mínima
Data;Quantità;Prezzo|Città;Umidità;Velocità del vento|Datum;Mängd;Pris|År;Månad;Nederbörd
Dato;Mængde;Beløb|Päivä;Määrä;Hinta|Date;Price £;Volume|Date;Flow m³/s;Level|Date;Conc µg/m³
Date;“Open”;Close – adjusted|Datum;Gäste;Kantone: Zürich, Genève|Patiënten;Aantal
"""
OTHERS = {
    "cp1251": "Дата;Выработка (МВт·ч);Температура (°C)|Місяць;Продажі, грн|Дата;Цена, лв.",
    "koi8-r": "Дата;Выработка (МВт·ч);КПД (%)|Год;Население, тыс.",
    "iso8859-2": "Data pomiaru;Pył PM10;Temperatura|Miesiąc;Sprzedaż|Data;Ilość;Cena zł",
    "cp1250": "Dzień;Opady;Średnia|Měsíc;Tržby;Počet zákazníků|Hónap;Fogyasztás;Hőmérséklet",
    "cp1253": "Ημερομηνία;Ποσότητα;Τιμή|Μήνας;Πωλήσεις;Θερμοκρασία",
    "cp1254": "Ay;Satış;Sıcaklık|Gün;Yağış;Rüzgâr hızı",
    "cp1257": "Mėnuo;Pardavimų skaičius|Mēnesis;Pārdošana;Temperatūra",
    "cp932": "日付,数量,価格|年月,売上高,気温(℃)",
}


def table(header: str) -> str:
    sign = ";" if ";" in header else ","
    cells = sign.join("1.5" for _ in header.split(sign)[1:])
    return "\n".join([header, *(f"2023-01-{day:02d}{sign}{cells}" for day in range(1, 29)), ""])


@pytest.mark.parametrize("header", WESTERN.strip().replace("\n", "|").split("|"))
def test_that_tables_of_western_languages_are_not_asked_about(header: str) -> None:
    data = table(header).encode("cp1252")
    found = plausible_encodings(data.splitlines(keepends=True))
    assert {data.decode(each) for each in found} == {table(header)}


@pytest.mark.parametrize(
    ("encoding", "header"),
    [(each, header) for each, told in OTHERS.items() for header in told.split("|")],
)
def test_that_the_right_letters_are_read_or_among_those_asked_about(
    encoding: str, header: str
) -> None:
    data = table(header).encode(encoding)
    found = plausible_encodings(data.splitlines(keepends=True))
    assert table(header) in [data.decode(each) for each in found]
    assert len(found) <= 3


def test_that_numbers_with_units_alone_tell_nothing() -> None:
    assert plausible_encodings(["Date;°C;m³;£\n".encode("cp1252")]) == ("cp1252",)


def test_that_names_in_two_alphabets_are_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(
        "den;března;cena\n".encode("cp1250") + b"1;2.5;3\n2;2.25;4\n4;2.75;7\n5;2.125;8\n" * 3
    )
    found = read_table(path, Recipe())
    question = next(each for each in found.table.questions if each.about == "encoding")
    assert "března" in question.text
    assert "bøezna" in question.text
    named = {words: dict(choices)["encoding"] for words, choices in question.mends}
    unsure = [column.name for column in found.table.columns if not column.sure]
    assert list(question.columns) == [name for name in unsure if not name.isascii()]
    chosen = named["března (Windows-1250)"]
    settled = read_table(path, Recipe(encoding=str(chosen))).table
    assert "března" in [column.name for column in settled.columns]
    assert not [each for each in settled.questions if each.about == "encoding"]


def test_that_other_words_in_two_alphabets_are_not_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = "".join(f"2023-01-{day:02d};{day}.5;b\xf8ezna\n" for day in range(1, 20))
    path.write_bytes(("date;price;remark\n" + rows).encode("latin-1"))
    assert len(encodings_of_table(path)) > 1
    assert read_table(path, Recipe()).table.questions == ()


@pytest.mark.parametrize("name", ["品質情報", "平均気温"])
def test_that_kana_prove_that_a_table_is_japanese(name: str) -> None:
    data = f"ダウンロードした時刻,{name}\n2023/4/1,14.5\n".encode("cp932")
    assert plausible_encodings(data.splitlines(keepends=True)) == ("cp932",)
