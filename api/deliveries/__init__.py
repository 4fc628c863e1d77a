"""What people received: deliveries from the web and from tablets, and signing sheets."""
