"""Opening and rendering image pixels at member sites."""
