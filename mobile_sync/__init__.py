"""The courier: receives, journals, orders and reports what tablets send; calls the commands the web calls."""
