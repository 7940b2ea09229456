"""What scikit-learn lacks, each module for itself: nothing here knows Lumina, so that models can be kept as plain code.

`export.code` copies these modules into what it writes, all into one namespace: they import numpy, pandas, scipy and
scikit-learn only (never each other), and no two of them define a public name of the same spelling.
"""
