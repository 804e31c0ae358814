"""One unattended run over all societies: who is crawled when, what came of it, who is told."""
