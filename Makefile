# Each target sets up all it needs, in .venv. Another Python: make demo PYTHON=python3.12
# Tests run in two processes of one thread each; more or fewer: make test JOBS=4
PYTHON ?= python3
VENV ?= .venv
JOBS ?= 2
SECONDS_EACH ?= 600
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check
CORE := $(VENV)/.installed
TEST := $(VENV)/.installed-test
LAB := $(VENV)/.installed-lab

.PHONY: help demo test test-long lab clean

help:
	@echo "make demo   install, then make out/hello.mp4: a photograph that talks"
	@echo "make test   ruff and pytest, which runs every notebook too"
	@echo "make test-long   what takes over an hour: damaged and random inputs, ten minutes each, 200 jobs over a killed"
	@echo "                 server, 300 calls by chance, grades of all lessons, mutants, a made-up learner in all notebooks"
	@echo "make lab    JupyterLab, opened at the first lesson"
	@echo "make clean  remove out/ and what the tests leave (not .venv)"

demo: $(CORE)
	@$(BIN)/course animate -o out/hello.mp4

test: $(TEST)
	$(BIN)/ruff check course tests benchmarks
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(ARGS)

# The seeds may be chosen: make test-long COURSE_FUZZ_SEED=7
test-long: $(TEST)
	COURSE_FUZZ_SECONDS=$(SECONDS_EACH) OMP_NUM_THREADS=1 $(BIN)/python -m pytest -s tests/test_sound_fuzz.py \
	  tests/test_pictures_fuzz.py tests/test_speech_fuzz.py
	COURSE_API_EXAMPLES=300 COURSE_SERVING_JOBS=200 COURSE_SERVING_CLIENTS=8 COURSE_DASK_JOBS=60 OMP_NUM_THREADS=1 \
	  $(BIN)/python -m pytest -s tests/test_serving_schema.py tests/test_serving_restart.py tests/test_serving_many.py
	COURSE_GRADE_WHOLE=1 OMP_NUM_THREADS=1 $(BIN)/python -m pytest -s tests/test_nbgrader.py
	$(BIN)/python benchmarks/generated_inputs.py
	$(BIN)/python benchmarks/mutate_exercises.py
	$(BIN)/python benchmarks/learner.py right
	$(BIN)/python benchmarks/learner.py wrong

lab: $(LAB)
	$(BIN)/jupyter lab --notebook-dir=. $(if $(filter 0,$(shell id -u)),--allow-root) notebooks/00_bring_a_photo_to_life.ipynb

clean:
	rm -rf out .pytest_cache .ruff_cache

# ---------------------------------------------------------------- set-up; runs again when pyproject.toml changes

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "$(PYTHON) is not here: install Python 3.10 or newer, or name one: make demo PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 10))" || { \
	  echo "$$($(PYTHON) --version) is too old; 3.10 or newer is needed: make demo PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c "import ensurepip, venv" 2>/dev/null || { \
	  echo "$(PYTHON) cannot make virtual environments: install them (Debian, Ubuntu: apt-get install python3-venv)"; \
	  exit 1; }
	@echo "Making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)

$(CORE): pyproject.toml | $(BIN)/python
	@echo "Installing the package and what it needs (PyTorch is large: some minutes the first time)"
	@$(PIP) -e .
	@touch $@

# face-alignment brings opencv-python, whose module needs the system's libGL; the headless one, put there last, does not.
$(TEST): $(CORE)
	@echo "Installing what the tests need"
	@$(PIP) -e ".[test,notebooks,authoring,face-alignment]"
	@$(PIP) --force-reinstall --no-deps opencv-python-headless
	@touch $@

$(LAB): $(CORE)
	@echo "Installing JupyterLab"
	@$(PIP) -e ".[notebooks]"
	@touch $@
