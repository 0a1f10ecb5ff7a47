"""What one API call cannot say: adoption, lists inside resources, settings without a delete."""
