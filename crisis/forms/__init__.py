"""What people type, checked as text and as nothing more."""
