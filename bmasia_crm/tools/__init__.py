"""Engines that know no ORM: plain functions and small frozen dataclasses."""
