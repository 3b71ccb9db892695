"""What training brings down."""
