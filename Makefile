.DEFAULT_GOAL := help
PREFIX ?= /usr/local
VENV := .venv
PROGRAM := .build/release/poptrain
# With other flags everything would be compiled again, so what is built beside the program has the same.
BUILD_RELEASE := swift build -c release --static-swift-stdlib -Xlinker -s
SWIFT_SOURCES := Sources Tests Package.swift benchmarks/Sources benchmarks/Package.swift examples/swift/Sources examples/swift/Package.swift \
	$(addprefix experiments/neighbours/,Sources Tests Package.swift)
# The suites that do more where POPTRAIN_SLOW_TESTS is set.
SLOW_SUITES = $(shell grep -rl --exclude=Program.swift isSlow Tests | xargs basename -as .swift | sort -u | paste -sd '|')
# What has one thread, or trains and kills for long, and would keep the thread sanitizer for hours.
NOT_SANITIZED := PopulationBasedTrainingTests|ExperimentFileTests|SimulationTests|JSONTests|FuzzingTests|PowerLossTests|DamageTests|KillTests|CrashTests|LeakTests
PYTHON_SCRIPTS := examples benchmarks experiments scripts Tests/References Tests/Support Sources/PoptrainCommand/Templates
# What there are helpers and trackers for, as PyPI has it today; torch comes with its CUDA libraries, without which it does not start.
FRAMEWORKS := torch lightning transformers trl accelerate peft datasets stable-baselines3 gymnasium keras jax flax optax \
	orbax-checkpoint scikit-learn lightgbm xgboost-cpu tensorboard mlflow wandb trackio

.PHONY: help announce setup setup-dev setup-jax setup-torch setup-lightning setup-frameworks build wheel run test test-neighbours test-slow \
	test-frameworks test-nfs test-s3 test-nodes test-slurm test-ray test-kubernetes bench bench-frameworks bench-peers bench-population \
	experiments soak fuzz simulate study doc lint format install clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what is missing: system libraries, a Python environment in .venv
	@scripts/setup.sh $(VENV) examples/digits/requirements.txt

setup-dev: ## The same, with what the tests need
	@scripts/setup.sh $(VENV) examples/digits/requirements.txt scipy lightgbm xgboost-cpu pytest mypy ruff pyte axe-core-python 'moto[s3]' flask flask-cors apt:chromium apt:curl apt:openssl apt:postgresql

setup-jax: ## Install what the examples in JAX and the experiments need, in an environment of its own: .venv-jax (1.1 GB)
	@scripts/setup.sh $(VENV)-jax $(wildcard examples/jax-*/requirements.txt experiments/*/requirements.txt)

setup-torch: ## Install what the example in PyTorch needs, as Debian has it
	@scripts/setup.sh $(VENV) examples/digits/requirements.txt apt:python3-torch

# The newest of which there are wheels for CPUs alone. Where pip is told of none, it comes with its CUDA libraries.
setup-lightning: ## Install PyTorch and Lightning for the tests, in an environment of its own: .venv-lightning (1 GB; with CUDA 6 GB)
	@scripts/setup.sh $(VENV)-lightning torch==2.13.0 lightning pytest

setup-frameworks: ## Install the frameworks and trackers that there are helpers for, in an environment of its own: .venv-frameworks (7 GB)
	@scripts/setup.sh $(VENV)-frameworks $(FRAMEWORKS) pytest

build: setup ## Build the program, .build/release/poptrain
	$(BUILD_RELEASE) --product poptrain
	@echo "$(PROGRAM) has $$(du -h --apparent-size $(PROGRAM) | cut -f1)B"

wheel: setup ## Build dist/poptrain-*.whl, the program and the client for any Linux on x86_64, and train with it
	@scripts/wheel.sh

announce:
	@echo "This installs what is missing (apt: libsqlite3-dev, libxxhash-dev, zlib1g-dev, python3-venv; pip, into .venv:"
	@echo "numpy, scikit-learn), builds a release, and trains twice. The first time it takes about 5 minutes, later seconds."

run: announce build ## Train a population on real data, and compare it with random search
	@scripts/showcase.sh $(PROGRAM)

# All tests at once open thousands of files, and Foundation's `Process` then crashes while it lists them.
# Of the frameworks, those are tested here that take two minutes to install and run, and all of them by test-frameworks.
test: setup-dev setup-lightning setup-jax ## Run every fast test
	swift build --build-tests
	PATH="$(CURDIR)/$(VENV)/bin:$$PATH" swift test --skip-build --experimental-maximum-parallelization-width 16
	cd python && ../$(VENV)/bin/python -m pytest -q
	cd python && ../$(VENV)/bin/python -m pytest -q frameworks/test_frameworks.py -k 'scikit-learn or XGBoost or LightGBM'
	cd python && ../$(VENV)-lightning/bin/python -m pytest -q frameworks/test_torch_state.py frameworks/test_winding.py \
		frameworks/test_schedulers.py frameworks/test_lightning.py
	cd python && ../$(VENV)-lightning/bin/python -m pytest -q frameworks/test_frameworks.py -k 'PyTorch and (naive or helper)'
	$(MAKE) test-neighbours

test-neighbours: setup-dev ## Run a small piece of each of the five neighbouring systems in experiments/neighbours
	$(VENV)/bin/python experiments/neighbours/prepare.py
	cd experiments/neighbours && swift build -c release --product neighboursPackageTests
	cd experiments/neighbours && swift test -c release --skip-build

test-frameworks: setup-frameworks ## Train populations with every framework, and follow one with every tracker (half an hour)
	swift build --product poptrain
	cd python && ../$(VENV)-frameworks/bin/python -m pytest -q frameworks

test-nfs: ## Train on a real NFS, between two Linux kernels that run as processes (needs root; a minute)
	swift build --product poptrain
	scripts/nfs.sh .build/debug/poptrain vers=3
	scripts/nfs.sh .build/debug/poptrain vers=4.2

test-s3: setup-dev ## Test buckets on a real server of S3, Ceph's (needs root; two minutes)
	swift build --build-tests
	PATH="$(CURDIR)/$(VENV)/bin:$$PATH" scripts/s3.sh swift test --skip-build --filter 'S3Tests|S3LogTests|CheckpointBucketTests|BucketRunTests'

test-nodes: setup-dev ## Train in a bucket on three virtual nodes that lose power and network (needs root; ten minutes)
	swift build --product poptrain
	scripts/nodes.sh .build/debug/poptrain

test-slurm: setup-dev ## Train on a real Slurm with three virtual nodes that lose power and network (needs root; ten minutes)
	swift build --product poptrain
	scripts/slurm.sh .build/debug/poptrain

test-ray: setup ## Train on a real Ray in an environment of its own: .venv-ray (400 MB; two minutes)
	swift build --product poptrain
	scripts/ray.sh .build/debug/poptrain

test-kubernetes: setup ## Check manifests against the schemas of three versions of Kubernetes, from .venv-kubernetes (150 MB)
	swift build --product poptrain
	scripts/kubernetes.sh .build/debug/poptrain

# One after the other: what keeps a thread busy for minutes would let the time limits of others pass.
test-slow: test test-frameworks doc setup-torch ## Run the long tests too: many kills, crashes, seeds, the thread sanitizer, fuzzing, a soak
	PATH="$(CURDIR)/$(VENV)/bin:$$PATH" POPTRAIN_SLOW_TESTS=1 swift test --skip-build --no-parallel --filter '$(SLOW_SUITES)'
	cd python && POPTRAIN_SLOW_TESTS=1 ../$(VENV)/bin/python -m pytest -q tests/test_experiments.py
	PATH="$(CURDIR)/$(VENV)/bin:$$PATH" scripts/sanitize.sh '$(NOT_SANITIZED)'
	PATH="$(CURDIR)/$(VENV)/bin:$$PATH" experiments/neighbours/run.sh --quick
	scripts/fuzz.sh 20
	$(MAKE) test-nfs test-s3 test-nodes test-slurm test-ray test-kubernetes simulate wheel
	$(MAKE) soak INTERVALS=50000

bench: build .build/floor ## Measure Poptrain against the lower bound; QUICK=1 skips the long measurements
	$(VENV)/bin/python benchmarks/overhead.py $(if $(QUICK),--quick --repetitions 3)
	$(VENV)/bin/python benchmarks/engine.py $(if $(QUICK),--quick --repetitions 3)
	$(VENV)/bin/python benchmarks/digits.py --poptrain $(PROGRAM) $(if $(QUICK),--seeds 100-102)
	cd benchmarks && swift run -c release decisions
	$(if $(QUICK),,cd benchmarks && swift run -c release scale)
	cd benchmarks && swift run -c release waiting
	$(VENV)/bin/python benchmarks/dashboard.py $(if $(QUICK),--quick --repetitions 3)
	$(VENV)/bin/python benchmarks/listeners.py $(if $(QUICK),--quick)

bench-peers: build .build/floor .venv-peers/installed ## Measure Poptrain beside Ray Tune and Syne Tune
	$(VENV)/bin/python benchmarks/peers.py $(if $(QUICK),--quick) --repetitions 3

.build/floor: benchmarks/Sources/Floor/floor.c
	mkdir -p .build
	$(CC) -O2 -pthread $< -lsqlite3 -o $@

.venv-peers/installed: benchmarks/peers/requirements.txt
	python3 -m venv .venv-peers
	.venv-peers/bin/python -m pip install --quiet --requirement $<
	touch $@

bench-frameworks: setup-frameworks ## Measure what the helpers for frameworks cost
	$(VENV)-frameworks/bin/python benchmarks/frameworks.py

bench-population: build setup-jax ## Measure many members in one JAX process: speed, and PBT against random search
	$(VENV)-jax/bin/python benchmarks/population.py --poptrain $(PROGRAM)

experiments: build setup-jax ## Run the experiments of the paper on fresh seeds (hours); QUICK=1: one seed of each
	PATH="$(CURDIR)/.build/release:$(CURDIR)/$(VENV)-jax/bin:$$PATH" python3 experiments/study.py run $(if $(QUICK),--quick)
	PATH="$(CURDIR)/.build/release:$(CURDIR)/$(VENV)-jax/bin:$$PATH" experiments/neighbours/run.sh $(if $(QUICK),--quick)

soak: build ## Train a million intervals and look for leaks: INTERVALS=1000000
	$(VENV)/bin/python benchmarks/soak.py $(if $(INTERVALS),--intervals $(INTERVALS))

fuzz: setup ## Fuzz every untrusted input with libFuzzer: SECONDS=60 for each
	scripts/fuzz.sh $(if $(filter command line,$(origin SECONDS)),$(SECONDS),60)

simulate: ## Run the simulations with fault injection: SEEDS=0-4999, or one seed with a trace
	$(BUILD_RELEASE) --product simulate
	.build/release/simulate $(or $(SEEDS),0-4999)
	.build/release/simulate --shared $(or $(SEEDS),0-999)

study: ## Compare the rules on tasks whose best schedule is known; writes the tables and the figure of docs/notebook/rules.md
	cd benchmarks && swift run -c release rules

doc: ## Build the API documentation of the libraries, warnings are errors
	@scripts/documentation.sh PopulationBasedTraining Poptrain

lint: setup-dev ## Check style and types, warnings are errors
	swift format lint --strict --recursive $(SWIFT_SOURCES)
	cd python && ../$(VENV)/bin/ruff check . && ../$(VENV)/bin/ruff format --check . && ../$(VENV)/bin/mypy --strict poptrain tests
	$(VENV)/bin/ruff check $(PYTHON_SCRIPTS) && $(VENV)/bin/ruff format --check $(PYTHON_SCRIPTS)

format: setup-dev ## Format the sources
	swift format --in-place --recursive $(SWIFT_SOURCES)
	$(VENV)/bin/ruff format python $(PYTHON_SCRIPTS)

install: build ## Install the program into PREFIX/bin
	install -D -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/poptrain

clean: ## Remove what was built
	rm -rf .build $(VENV) $(VENV)-jax $(VENV)-lightning $(VENV)-frameworks $(VENV)-ray $(VENV)-kubernetes .venv-peers dist \
		benchmarks/.build examples/swift/.build experiments/neighbours/.build
