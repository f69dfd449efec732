"""Small text classifiers: hashed n-grams, softmax regression, calibration. Used on short English and Chinese texts."""
