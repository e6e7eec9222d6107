"""Problem files in the page: checked, saved, proposed; two people at once; hostile names."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest

from mlcl import library, lifecycle
from mlcl.serving import tokens
from mlcl.stores import Store
from tests import small
from tests.server.sites import API, HERE, Site, site

GOOD = '[problem]\nname = "wine"\ntarget = "target"\n\n[data]\nsource = "sklearn:wine"\n'


def save(to: Site, toml: str = GOOD, name: str = "wine", revision: int = 0) -> int:
    return to.send("PUT", f"/problems/{name}", {"toml": toml, "revision": revision}).status_code


@pytest.mark.parametrize(
    ("toml", "key", "line", "column"),
    [
        ("[problem\n", "", 1, None),
        (GOOD + "x = = 1", "", 7, None),
        (GOOD + "[splt]\ntest = 0.2\n", "splt", 7, 1),
        (GOOD + "[split]\n  tset = 0.2\n", "split.tset", 8, 3),
        (GOOD + '\n[[goal]]\nmetric = "roc_auc"\nat_least = 0.9\n[[goal]]\nmetric = "auc"\n', "goal.1.metric", 12, 1),
        (GOOD.replace('"wine"', '"Wine!"'), "problem.name", 2, 1),
        (GOOD.replace('target = "target"\n', ""), "problem.target", 1, 1),
        (GOOD.replace("sklearn:wine", "sklearn:vine"), "data.source", 6, 1),
        (GOOD + 'drop = ["target"]\n', "data.drop", 7, 1),
        (GOOD + 'missing = [\n  "a",\n  "b"\n]\nspare = 1\n', "data.spare", 11, 1),
    ],
)
def test_every_mistake_is_told_with_its_key_and_line(
    empty: Site, toml: str, key: str, line: int, column: int | None
) -> None:
    told = empty.send("POST", "/problem-check", {"toml": toml}).json()
    assert not told["valid"]
    mistake = told["mistakes"][0]
    assert (mistake["key"], mistake["line"]) == (key, line)
    assert column is None or mistake["column"] == column
    assert mistake["message"]


def test_several_mistakes_are_told_at_once(empty: Site) -> None:
    toml = GOOD.replace('"wine"', '"W"') + "[train]\ntrials = -1\nlearner = 'deep'\n"
    told = empty.send("POST", "/problem-check", {"toml": toml}).json()
    assert {one["key"] for one in told["mistakes"]} == {"problem.name", "train.trials", "train.learner"}


def test_what_is_missing_at_the_end_is_told_at_the_end(empty: Site) -> None:
    told = empty.send("POST", "/problem-check", {"toml": f"{GOOD}[monitor]\nev"}).json()
    assert [(one["line"], one["column"]) for one in told["mistakes"]] == [(len(GOOD.splitlines()) + 2, 2)]


def test_a_good_file_is_told_parsed(empty: Site) -> None:
    told = empty.send("POST", "/problem-check", {"toml": GOOD}).json()
    assert told["valid"]
    assert told["problem_file"]["data"]["source"] == "sklearn:wine"


def test_a_saved_problem_is_shown_with_its_text_and_history(empty: Site) -> None:
    assert save(empty) == 200
    told = empty.told("/problems/wine")
    assert (told["toml"], told["revision"], told["saved_by"]) == (GOOD, 1, "page")
    assert save(empty, GOOD + "# more\n", revision=1) == 200
    assert [one["revision"] for one in empty.told("/problems/wine/versions")["items"]] == [2, 1]
    assert [card["name"] for card in empty.told("/problems")["items"]] == ["wine"]
    phases = {one["name"]: one["state"] for one in empty.told("/problems")["items"][0]["phases"]}
    assert phases == {
        "frame": "attention",  # it has no goals
        **dict.fromkeys(["data", "train", "evaluate", "deploy", "predict", "monitor", "retrain"], "not started"),
    }


def test_who_saves_second_is_told_and_overwrites_nothing(empty: Site) -> None:
    save(empty)
    assert save(empty, GOOD + "# of one\n", revision=1) == 200
    late = empty.send("PUT", "/problems/wine", {"toml": GOOD + "# of the other\n", "revision": 1})
    assert (late.status_code, late.json()["detail"]) == (409, "Somebody else saved this problem file meanwhile.")
    assert "revision 2" in late.json()["found"]
    assert empty.told("/problems/wine")["toml"].endswith("# of one\n")


def test_of_many_who_save_at_once_one_wins(empty: Site) -> None:
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda number: save(empty, f"{GOOD}# {number}\n"), range(8)))
    assert sorted(codes) == [200] + [409] * 7


def test_a_file_with_mistakes_is_not_saved(empty: Site) -> None:
    answer = empty.send("PUT", "/problems/wine", {"toml": GOOD + "foo = 1\n"})
    assert answer.status_code == 422
    assert answer.json()["mistakes"][0]["key"] == "data.foo"
    assert empty.get("/problems/wine").status_code == 404


def test_a_problem_keeps_its_name(empty: Site) -> None:
    answer = empty.send("PUT", "/problems/other", {"toml": GOOD})
    assert answer.json()["mistakes"][0]["key"] == "problem.name"


@pytest.mark.parametrize("name", ["..%2f..%2fetc", "%2e%2e", "a%00b", "<script>", "a" * 200, "%20", ".hidden", "a%5cb"])
def test_a_name_cannot_lead_out_of_the_store(empty: Site, name: str) -> None:
    for method, path, body in (
        ("GET", f"/problems/{name}", None),
        ("PUT", f"/problems/{name}", {"toml": GOOD}),
        ("POST", f"/problems/{name}/runs", {}),
    ):
        answer = empty.send(method, path, body)
        assert 400 <= answer.status_code < 500, answer.text
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_problem_that_was_run_from_a_file_can_be_run_from_the_page(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    file = small.problem(tmp_path / "somewhere")
    lifecycle.run(file, store=store)
    with site(store) as opened:
        told = opened.told("/problems/small")
        assert told["toml"] == file.read_text()
        assert told["mistakes"] == []
        changed = told["toml"] + "\n[evaluate]\nbootstrap = 200\n"
        answer = opened.send("PUT", "/problems/small", {"toml": changed, "revision": told["revision"]})
        assert answer.status_code == 200  # the relative path still starts from the file's folder
    kept = library.find(store, "small")
    assert kept
    assert kept.parse().evaluate.bootstrap == 200


class TestFilesOfTheServer:
    """Callers with tokens may sit anywhere: they see no file of the server's machine."""

    @pytest.fixture
    def secret(self, tmp_path: Path) -> Path:
        small.frame(50).write_csv(tmp_path / "secret.csv")
        return tmp_path / "secret.csv"

    def test_a_local_file_is_read_for_who_sits_here(self, empty: Site, secret: Path) -> None:
        assert empty.send("POST", "/problem-proposal", {"source": str(secret)}).status_code == 200

    def test_and_not_for_callers_from_elsewhere(self, tmp_path: Path, secret: Path) -> None:
        store = Store(tmp_path / "store")
        token = tokens.create(store, "anna")
        told = {"authorization": f"Bearer {token}"}
        text = GOOD.replace("sklearn:wine", str(secret))
        with site(store, open_to_all=True) as opened:
            for method, path, body in (
                ("POST", "/problem-proposal", {"source": str(secret)}),
                ("PUT", "/problems/wine", {"toml": text}),
            ):
                answer = opened.client.request(method, API + path, json=body, headers=told)
                assert answer.status_code == 422, answer.text
                assert "upload the file" in answer.text
            checked = opened.client.post(f"{API}/problem-check", json={"toml": text}, headers=told).json()
            assert not checked["valid"]

    def test_an_override_names_none_either(self, tmp_path: Path, secret: Path) -> None:
        store = Store(tmp_path / "store")
        told = {"authorization": f"Bearer {tokens.create(store, 'anna')}"}
        with site(store, open_to_all=True) as opened:
            opened.client.put(f"{API}/problems/wine", json={"toml": GOOD}, headers=told)
            body = {"overrides": [f"data.source={secret}"]}
            answer = opened.client.post(f"{API}/problems/wine/runs", json=body, headers=told)
            assert answer.status_code == 422
            assert store.children("runs") == []


class TestProposal:
    def test_an_uploaded_table_becomes_a_problem_file_that_runs(self, empty: Site) -> None:
        source = empty.upload(small.frame(200).write_csv().encode(), "buyers 2026.csv")
        told = empty.send("POST", "/problem-proposal", {"source": source, "name": "buyers", "target": "bought"}).json()
        assert (told["name"], told["target"], told["task"], told["rows"]) == ("buyers", "bought", "binary", 200)
        assert [column["name"] for column in told["columns"]] == ["age", "job", "income", "bought"]
        assert len(told["rows_sample"]) == 10
        checked = empty.send("POST", "/problem-check", {"toml": told["toml"]}).json()
        assert checked["mistakes"] == []
        assert checked["problem_file"]["data"]["source"] == source

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (b"", None),
            (b"a,b\n", "no rows"),
            (b"\x00\x01\x02\xff" * 300, ""),
            (b'a,b\n1,"2\n' * 20, ""),
            (b"a,b\n" + b"1,2,3,4\n" * 5, ""),
            (b"PAR1" + b"\x00" * 40, ""),
        ],
    )
    def test_a_broken_table_is_explained(self, empty: Site, content: bytes, says: str | None) -> None:
        if says is None:
            assert empty.send("POST", "/uploads", {"name": "a.csv", "size": 0}).status_code == 422
            return
        answer = empty.send("POST", "/problem-proposal", {"source": empty.upload(content, "broken.csv")})
        assert answer.status_code in (200, 422), answer.text
        if answer.status_code == 422:
            assert says in answer.json()["detail"]

    def test_hostile_column_names_and_values_are_data_only(self, empty: Site) -> None:
        nasty = ['<script>alert("x")</script>', '"]\n[data]\nsource="/etc/passwd"#', "'; drop table--", "a\u202eb"]
        table = pl.DataFrame({name: [f"{name}{n % 3}" for n in range(60)] for name in nasty}).with_columns(
            y=pl.Series([n % 2 for n in range(60)])
        )
        source = empty.upload(table.write_csv().encode(), "<img src=x onerror=alert(1)>.csv")
        told = empty.send("POST", "/problem-proposal", {"source": source, "target": "y", "name": "nasty"}).json()
        assert [column["name"] for column in told["columns"]][:1] == nasty[:1]
        parsed = empty.send("POST", "/problem-check", {"toml": told["toml"]}).json()
        assert parsed["valid"], parsed
        assert parsed["problem_file"]["data"]["source"] == source

    def test_a_file_that_nobody_uploaded(self, empty: Site) -> None:
        answer = empty.send("POST", "/problem-proposal", {"source": f"upload:{'0' * 64}/a.csv"})
        assert answer.status_code == 422
        assert "not uploaded" in answer.json()["detail"]

    def test_a_target_that_is_not_there(self, empty: Site) -> None:
        source = empty.upload(small.frame(60).write_csv().encode())
        answer = empty.send("POST", "/problem-proposal", {"source": source, "target": "baught"})
        assert answer.status_code == 422
        assert "bought" in answer.json()["fix"]


def test_the_schema_completes_the_file(empty: Site) -> None:
    schema = empty.told("/problem-schema")["json_schema"]
    assert {"problem", "data", "goal", "split"} <= set(schema["properties"])


def test_a_card_shows_champion_goals_and_phases(small_site: Site) -> None:
    card = small_site.told("/problems")["items"][0]
    assert (card["name"], card["task"], card["runs"], card["models"]) == ("small", "binary", 2, 2)
    assert card["goals_met"] == "met"
    assert card["champion"]["version"] == 1
    phases = {one["name"]: one for one in card["phases"]}
    assert phases["data"]["text"] == "400 rows, 4 columns"
    assert phases["evaluate"]["state"] == "attention"  # of the newest run, whose goal is out of reach
    assert phases["deploy"]["text"] == "Version 1 passed and is not deployed."


def test_lists_are_searched(small_site: Site) -> None:
    assert small_site.told("/problems?q=SMA")["total"] == 1
    assert small_site.told("/problems?q=who+buys")["total"] == 1
    assert small_site.told("/problems?q=nothing")["total"] == 0
    assert small_site.origin == HERE
