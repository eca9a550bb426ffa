# `make site` and `make test` work from a fresh clone with nothing before them; `make help` lists the rest.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
READY := $(VENV)/.ready
NOTEBOOKS := $(wildcard notebooks/*.ipynb tests/notebooks/*.ipynb)
BENCHMARKS := $(wildcard benchmarks/bench_*.py)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help env lint lab site run test bench clean

help:
	@echo 'make site    đọc báo cáo, xuất bản các trang     read the reports, publish the pages'
	@echo 'make lab     mở sổ phân tích (JupyterLab)        open the notebooks in JupyterLab'
	@echo 'make run     cchc run; ARGS="--area ..."         the same as site, with arguments'
	@echo 'make test    chạy kiểm thử; ARGS="-k ..."        run the tests'
	@echo 'make lint    kiểm tra cách viết mã               check style, and that notebooks have no outputs'
	@echo 'make bench   đo tốc độ                           run the benchmarks'
	@echo 'make env     tạo môi trường .venv                make .venv (the others do it when needed)'
	@echo 'make clean   xóa site, data/processed, bộ đệm    remove what can be made again, but .venv'

env: $(READY)

$(READY): requirements.lock pyproject.toml
	@command -v $(PYTHON) > /dev/null || \
	  { echo 'Không tìm thấy $(PYTHON): cần cài Python 3.11 đến 3.13. / $(PYTHON) not found: install Python 3.11 to 3.13.' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(None if (3, 11) <= v <= (3, 13) else \
	  "$(PYTHON) là Python %d.%d; cần 3.11 đến 3.13, ví dụ: make env PYTHON=python3.12 / Python 3.11 to 3.13 is needed." % v)'
	@echo 'Đang cài thư viện vào $(VENV), lần đầu mất vài phút... / Installing into $(VENV), a few minutes at first...'
	@$(PYTHON) -m venv $(VENV) || \
	  { echo 'Trên Debian, Ubuntu: sudo apt install python3-venv / On Debian and Ubuntu: sudo apt install python3-venv' >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

run: env
	$(strip $(BIN)/cchc run $(ARGS))

site: run
	@echo 'file://$(CURDIR)/site/index.html'

lab: env
	$(strip $(BIN)/cchc lab $(ARGS))

lint: env
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(if $(NOTEBOOKS),$(BIN)/nbstripout --verify --keep-id $(NOTEBOOKS))

test: env
	$(strip $(BIN)/python -m pytest $(ARGS))

bench: env
	@for file in $(BENCHMARKS); do echo "== $$file"; $(BIN)/python "$$file" || exit 1; done

clean:
	rm -rf site data/processed build dist .pytest_cache .ruff_cache .hypothesis
	find $(wildcard src tests notebooks benchmarks) -name __pycache__ -o -name .ipynb_checkpoints | xargs rm -rf
