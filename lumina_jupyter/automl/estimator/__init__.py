"""The class `AutoML`: its parameters, what it keeps of a search, and its methods by what they are for."""
