"""What an attacker tries, and that it comes to nothing; docs/security.md says which requirement each file is about.

`test_content_…` is about text that others wrote: on the screen, in links, in searches, when pasted; `test_network…` is
about the way to the CRM. The rest is about secrets and files: at rest, in a day's traces, on leaving.
"""
