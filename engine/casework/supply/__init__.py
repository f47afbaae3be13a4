"""The supply side 供给侧: departments keep their implementation lists; checked, reviewed, published, carried in and out."""
