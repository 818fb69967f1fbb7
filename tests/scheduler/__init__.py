"""Airflow's own scheduler and screens, as `make airflow` starts them, over a small city of two departments."""
