"""Servers on 127.0.0.1 that behave as told, and pages in the shapes societies use."""
