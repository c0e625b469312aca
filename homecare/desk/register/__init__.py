"""The register: a hospital's spreadsheet, read safely, judged row by row, and taken whole or not at all."""
