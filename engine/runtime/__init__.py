"""Generic commands on deployments, instances, tasks, jobs, timers and messages; knows no government word."""
