"""A county's client of ExchangeHub, written from `contracts/` alone. Commands: `county.py`; the parts are described in README.md."""
