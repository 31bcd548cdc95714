"""What is published and to whom it is addressed: landscapes at each close, slate, record, commitments."""
