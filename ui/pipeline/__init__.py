"""The pipeline: the rep's open deals in one grid."""
