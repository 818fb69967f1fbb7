"""The DAG folder as Airflow sees it: parsed, serialised, and run without a scheduler."""
