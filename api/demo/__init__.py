"""The demo commune of the first start: Trực Thái with a made-up register. See load.py."""

from api.demo.load import load as load
