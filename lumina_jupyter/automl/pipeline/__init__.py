"""What a candidate is made into: plain scikit-learn, from the table as it is found to a prediction."""
