import pytest
from workspaces import NOTEBOOKS

from analysis.errors import UsageError
from analysis.parameters import Parameter, check_parameters, parse_parameters, read_parameters

REPORT = NOTEBOOKS / "area_report.ipynb"


def test_a_notebook_s_parameters_are_read_with_hints_and_defaults():
    declared = read_parameters(REPORT)
    assert list(declared) == ["area", "period_from", "period_to", "lang", "processed"]
    assert declared["lang"] == Parameter("lang", "str", "vi")


def test_given_values_come_back_checked():
    given = {"area": "Huyện Ứng Hoà", "period_from": "2022-01-01", "lang": "en"}
    assert check_parameters(REPORT, given) == given


@pytest.mark.parametrize(
    "given, said",
    [
        ({"aera": "x"}, "Có phải bạn muốn viết “area”?"),
        ({"qqq": "x"}, "Các tham số có thể dùng: area, lang"),
        ({"area": 3}, "phải thuộc kiểu str, nhưng nhận được 3"),
        ({"area": None}, "nhận được None"),
        ({"lang": "vn"}, "Chọn một trong: vi, en"),
        ({"period_from": "15/6/2024"}, "Có phải bạn muốn viết “2024-06-15”?"),
        ({"period_to": "31/2/2024"}, "không có trong lịch"),
        ({"period_to": "20240615"}, "Ví dụ: 2024-06-15"),
        ({"period_from": "2024-07-01", "period_to": "2024-01-01"}, "từ 2024-01-01 đến 2024-07-01?"),
    ],
)
def test_a_wrong_parameter_is_named_with_what_was_meant(given, said):
    with pytest.raises(UsageError) as caught:
        check_parameters(REPORT, given)
    assert said in str(caught.value)


def test_a_level_is_one_of_the_table_s():
    comparison = NOTEBOOKS / "area_comparison.ipynb"
    assert check_parameters(comparison, {"level": "district"}) == {"level": "district"}
    with pytest.raises(UsageError, match="“district”"):
        check_parameters(comparison, {"level": "distrct"})


@pytest.mark.parametrize(
    "hint, value", [("str | None", None), ("Optional[int]", 3), ("list[str]", ["a"]), ("float", 1)]
)
def test_type_hints_of_any_usual_form_are_understood(tmp_path, hint, value):
    notebook = _with_cell(tmp_path, f"given: {hint} = None")
    assert check_parameters(notebook, {"given": value}) == {"given": value}


@pytest.mark.parametrize("hint, value", [("str | None", 3), ("int", "3"), ("bool", 1), ("list[str]", "a")])
def test_values_are_not_bent_to_their_type(tmp_path, hint, value):
    notebook = _with_cell(tmp_path, f"given: {hint} = None")
    with pytest.raises(UsageError, match="phải thuộc kiểu"):
        check_parameters(notebook, {"given": value})


def test_without_a_hint_the_default_says_the_type(tmp_path):
    notebook = _with_cell(tmp_path, "top = 10")
    with pytest.raises(UsageError, match="phải thuộc kiểu int"):
        check_parameters(notebook, {"top": "10"})


@pytest.mark.parametrize(
    "name, said",
    [
        ("without_parameters", "không có ô nào mang nhãn"),
        ("unknown_hint", "Không hiểu kiểu “Khac”"),
        ("not_there", "Không mở được notebook"),
    ],
)
def test_a_notebook_without_readable_parameters_is_refused(name, said):
    with pytest.raises(UsageError, match=said):
        check_parameters(NOTEBOOKS / f"{name}.ipynb", {"area": "x"})


def test_damaged_files_and_cells_are_refused(tmp_path):
    damaged = tmp_path / "hong.ipynb"
    damaged.write_text("{", encoding="utf-8")
    with pytest.raises(UsageError, match="không phải là notebook hợp lệ"):
        read_parameters(damaged)
    with pytest.raises(UsageError, match="sai cú pháp ở dòng 2"):
        parse_parameters("a = 1\nb = (", "x.ipynb")


def _with_cell(folder, source):
    content = (NOTEBOOKS / "unknown_hint.ipynb").read_text(encoding="utf-8")
    notebook = folder / "notebook.ipynb"
    notebook.write_text(content.replace("area: Khac = 1", source), encoding="utf-8")
    return notebook
