"""Classification: a text or a series, and its class; `config` holds the options."""
