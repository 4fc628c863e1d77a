# Two commands are enough: `make run` and `make test`. They need Python >= 3.11 and make, nothing else.
.DEFAULT_GOAL := help
.PHONY: help run test check format bench season screenshots lock clean dev

PY := .venv/bin/python
PYTEST_ARGS ?=
BENCH_ARGS ?=
SEASON_ARGS ?=

help: ## Danh sách lệnh / this list
	@printf 'make …\n'
	@sed -n 's/^\([a-z]*\):.*## \(.*\)$$/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 12

run: ## Chạy một xã thử ở http://127.0.0.1:8000 (PORT=…) / a working commune with demo data
	@.make/venv.sh requirements.lock
	@.make/app.sh || echo "  Chạy tiếp không có ứng dụng rà soát / going on without the survey app" >&2
	@exec .venv/bin/giamngheo serve --demo

test: dev ## Chạy mọi phép thử (PYTEST_ARGS=…) / all tests
	@.make/test-packages.sh
	@.make/app.sh || [ -z "$$CI" ]
	@$(PY) -m pytest -n logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

screenshots: dev ## Chụp trang của cán bộ, ứng dụng rà soát / pictures of the officers' page and the survey app
	@.make/test-packages.sh
	@.make/app.sh
	@GIAMNGHEO_SCREENSHOTS=build/screenshots $(PY) -m pytest tests/demo/test_dashboard.py
	@GIAMNGHEO_APP_SCREENSHOTS=docs/survey-app $(PY) -m pytest tests/survey_app/test_screens.py

check: dev ## Định dạng, kiểu, tầng, tệp lock / format, lint, types, layers, lock
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports
	@.make/lock.sh --check
	@.make/app.sh types || [ -z "$$CI" ]

format: dev ## Định dạng lại mã nguồn / format the code
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

bench: dev ## Đo tốc độ đồng bộ so với SQL thuần (BENCH_ARGS=…) / measure the sync against bare SQL
	@$(PY) -m tests.bench $(BENCH_ARGS)

season: dev ## Chơi một mùa rà soát 200 máy, 60 ngày (SEASON_ARGS=…) / play a field season, check every promise
	@$(PY) -m tests.season $(SEASON_ARGS)

lock: dev ## Làm lại các tệp lock (UPGRADE=1: bản mới nhất) / resolve the dependencies again
	@UPGRADE=$(UPGRADE) .make/lock.sh

clean: ## Xoá môi trường và tệp tạm, giữ dữ liệu / remove the environment and caches, keep all data
	@rm -rf .venv survey_app/node_modules survey_app/dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

dev:
	@.make/venv.sh requirements-dev.lock
