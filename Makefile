# Two commands: `make run` and `make test`. Everything else is for people who build the product.
SHELL := /bin/sh
VENV  := .venv
BIN   := $(VENV)/bin
PORT  ?= 8000
KILLS ?= 200
DB    ?= postgres
SEED  ?= 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# The newest Python that is new enough; `make run PYTHON=/path/to/python3.12` chooses another.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
  command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)

.DEFAULT_GOAL := help
.PHONY: help run test setup reset check bench bench-full chaos conformance clean

help: ## 显示全部命令 / explain all targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.ready-run ## 启动一座示范城市 / start a seeded city: web and worker in one process, on PORT (8000)
	@exec $(BIN)/tongban run --demo --port $(PORT)

test: $(VENV)/.ready-test check ## 运行全部测试 / style, types, architecture, then every test on SQLite and PostgreSQL, browser included
	@$(BIN)/python -m pytest -n 2 --dist worksteal

setup: $(VENV)/.ready-test ## 准备 .venv / prepare .venv for both commands, and nothing else

reset: $(VENV)/.ready-run ## 清空并重建示范城市 / throw the seeded city away and start afresh
	@$(BIN)/tongban demo --reset

check: $(VENV)/.ready-test ## 风格、类型、架构 / style, types and the staircase alone
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check -q .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache >/dev/null || $(BIN)/lint-imports --no-cache

bench: $(VENV)/.ready-test ## 性能基准（短） / short benchmarks, each beside a limit measured in the same run
	@$(BIN)/python -m benchmarks

bench-full: $(VENV)/.ready-test ## 性能基准（百万行） / the same over a million tasks and timers; then the page of the figures
	@$(BIN)/python -m benchmarks --full
	@$(BIN)/python -m benchmarks.report

chaos: $(VENV)/.ready-test ## 混沌测试 / kill -9 at every commit: make chaos KILLS=1000 DB=postgres SEED=1
	@$(BIN)/python -m tests.chaos --kills $(KILLS) --db $(DB) --seed $(SEED)

conformance: $(VENV)/.ready-test ## 差分测试十万次 / 100,000 differential runs against the second engine
	@$(BIN)/python -m engine.conformance differential --runs 100000

clean: ## 删除 .venv 与缓存，保留数据 / remove .venv and caches, keep the data
	@rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	@if [ -z "$(PYTHON)" ]; then \
	  echo "需要 Python 3.11 或更新版本。/ Expected Python 3.11 or newer, but none is on PATH: install it, or run make PYTHON=/path/to/python3." >&2; exit 1; fi
	@$(PYTHON) -m venv $(VENV) || { \
	  echo "无法创建虚拟环境；Debian 请先安装 python3-venv。/ Expected 'python -m venv' to work; on Debian install python3-venv." >&2; rm -rf $(VENV); exit 1; }

$(VENV)/.ready-run: setup.cfg pyproject.toml | $(VENV)/bin/python
	@echo "安装依赖…… / installing what the city needs (once)"
	@$(BIN)/python -m pip install -q -e .
	@touch $@

$(VENV)/.ready-test: setup.cfg pyproject.toml | $(VENV)/bin/python
	@echo "安装测试依赖…… / installing what the tests need (once)"
	@$(BIN)/python -m pip install -q -e '.[test]'
	@touch $@ $(VENV)/.ready-run
