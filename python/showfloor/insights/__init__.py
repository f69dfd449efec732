"""What the shop's events say: funnels, lift of 3D and AR, retention, experiments, audit, export."""
