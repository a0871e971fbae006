# Each target makes .venv by itself; only python3 (3.11 or newer), its pip and make are needed.
PYTHON ?= python3
MEDIA ?=
VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed
ORACLE := .oracle/.installed
PANEL := premiere_panel/node_modules/.installed
CANVAS := server/canvas/node_modules/.installed

.PHONY: demo test test-live test-web test-slow test-crash check bench bench-canvas bench-cut bench-fcpxml bench-hosts bench-resolve bench-providers bench-web fuzz-fcpxml panel-js canvas canvas-check pictures serve setup oracle lock clean

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt models.txt scripts/bootstrap.py
	$(PYTHON) scripts/bootstrap.py $(VENV)
	@touch $@

# The vendors' own clients: the tests hold the contract servers against them. About 200 MB.
oracle: $(ORACLE)

$(ORACLE): oracle.txt scripts/oracle.py scripts/bootstrap.py
	$(PYTHON) scripts/oracle.py .oracle
	@touch $@

# Node's tools for the Premiere panel. Without them its checks are skipped and say so; with CI=true that is a failure.
$(PANEL): premiere_panel/package.json premiere_panel/package-lock.json scripts/node.py
	$(PYTHON) scripts/node.py setup || { test "$$CI" != true && echo "The Premiere panel's tools are missing: its checks are skipped." >&2; }

# Types, lint and tests of the Premiere panel, without the ones that need Chromium.
panel-js: $(STAMP) $(PANEL)
	$(PYTHON) scripts/node.py check
	$(PY) -m pytest tests/premiere/test_node.py

# Node's tools for the canvas in the browser, likewise.
$(CANVAS): server/canvas/package.json server/canvas/package-lock.json scripts/node.py
	$(PYTHON) scripts/node.py canvas setup || { test "$$CI" != true && echo "The canvas's tools are missing: its checks are skipped." >&2; }

# The page the bridge serves, built when its sources have changed.
canvas:
	$(PYTHON) scripts/node.py canvas build

# Types, lint and unit tests of the canvas, without the ones that need Chromium.
canvas-check: $(CANVAS)
	$(PYTHON) scripts/node.py canvas check
	$(PYTHON) scripts/node.py canvas test

demo: $(STAMP)
	$(VENV)/bin/takebridge demo $(if $(MEDIA),--media $(firstword $(MEDIA)) $(foreach clip,$(wordlist 2,99,$(MEDIA)),--media $(clip)))

# Without Node or its packages the bridge runs all the same: with the page of the last build, or with words for one.
serve: $(STAMP)
	@$(PYTHON) scripts/node.py canvas build || echo "The canvas for the browser was not built; everything else works." >&2
	$(VENV)/bin/takebridge serve

# Qt needs system libraries that a minimal machine lacks; everything else is tested without them.
QT_PLUGIN = $$($(PY) -c "import PySide6.QtWidgets" 2>/dev/null || echo "-p no:pytest-qt")

test: $(STAMP) $(ORACLE) $(PANEL) $(CANVAS)
	@$(PYTHON) scripts/node.py canvas build || { test "$$CI" != true && echo "The canvas page was not built: its tests are skipped." >&2; }
	PYTHON_KEYRING_BACKEND=keyring.backends.null.Keyring QT_QPA_PLATFORM=offscreen $(PY) -m pytest $(QT_PLUGIN) -n 2 --dist loadfile -m "not slow"

# With your own keys: asks each provider about its key. TAKEBRIDGE_LIVE_SPEND=1 also makes a take with each.
test-live: $(STAMP)
	$(PY) -m pytest $(QT_PLUGIN) tests/live -m live -rs

test-slow: $(STAMP)
	QT_QPA_PLATFORM=offscreen $(PY) -m pytest $(QT_PLUGIN) -m slow --timeout 1800

# The canvas page as people use it, all of it: every view, stories, trouble, axe-core. About twenty minutes.
test-web: $(STAMP) $(CANVAS)
	bash scripts/chromium.sh
	$(PYTHON) scripts/node.py canvas build
	$(PY) -m pytest -p no:pytest-qt tests/web -m "slow or not slow"

# The pictures of the canvas page in docs/images, of a film cut from FROM, a clip they may show (docs/images/SOURCES.md).
pictures: $(STAMP) $(CANVAS)
	$(PYTHON) scripts/node.py canvas build
	PICTURES_FROM=$(abspath $(FROM)) $(PYTHON) scripts/node.py canvas pictures

# Kill -9 at seeded points; SEED=7 plays the rounds of a printed seed again, ROUNDS=6 plays fewer.
test-crash: $(STAMP)
	$(PY) -m tests.crash.run $(if $(SEED),--seed $(SEED)) --rounds $(or $(ROUNDS),60)

check: $(STAMP) $(PANEL) $(CANVAS)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports
	$(PY) -m takebridge_server.schema --check
	$(PY) -m takebridge_server.cut_schema --check
	$(PY) -m takebridge_server.web_schema --check
	test ! -e $(PANEL) || $(PYTHON) scripts/node.py check
	test ! -e $(CANVAS) || $(PYTHON) scripts/node.py canvas check

bench: $(STAMP)
	$(PY) bench/run.py

bench-canvas: $(STAMP)
	$(PY) bench/canvas.py

bench-cut: $(STAMP)
	$(PY) bench/cut.py

bench-fcpxml: $(STAMP)
	$(PY) bench/fcpxml.py

# Every editor and every verb: exit code 1 when one of them is red.
bench-hosts: $(STAMP)
	QT_QPA_PLATFORM=offscreen $(PY) bench/hosts.py

bench-providers: $(STAMP)
	$(PY) bench/providers.py

# The canvas page in Chromium; MINUTES of scripted editing for its memory.
bench-web: $(STAMP) $(CANVAS)
	$(PYTHON) scripts/node.py canvas build
	$(PY) bench/web.py --minutes $(or $(MINUTES),30)

bench-resolve: $(STAMP)
	QT_QPA_PLATFORM=offscreen $(PY) bench/resolve.py

# Broken FCPXML by the thousand, made from the goldens and the real files: nothing but our own errors may come out.
fuzz-fcpxml: $(STAMP)
	$(PY) tests/fuzz/fcpxml_fuzz.py --inputs $(or $(INPUTS),20000)

# Write down what is installed now, so that a fresh install next year resolves to the same versions.
lock: $(STAMP)
	$(PY) scripts/lock.py > constraints.txt

clean:
	rm -rf $(VENV) .oracle .node premiere_panel/node_modules server/canvas/node_modules server/canvas/.build server/takebridge_server/web .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache demo-output
