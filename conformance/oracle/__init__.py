"""Request + World → Prediction: the set of outcomes that the documents allow. Pure."""
