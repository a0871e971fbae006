"""The demo: the whole trip of a clip, against a real server and an emulated Resolve in processes of their own."""
