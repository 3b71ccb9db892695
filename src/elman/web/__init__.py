"""What the pages share: an address to listen on, who may speak, files, and bounded queues.

Nothing here knows what a page is about, and nothing here imports torch.
"""
