# contact-sheet.py SHEET PICTURE...: puts PNGs of one size on one sheet, two beside each other.
import sys

import cairocffi as cairo

sheet, *names = sys.argv[1:]
pictures = [cairo.ImageSurface.create_from_png(name) for name in names]
width, height = pictures[0].get_width(), pictures[0].get_height()
rows = (len(pictures) + 1) // 2
surface = cairo.ImageSurface(cairo.FORMAT_RGB24, 2 * width, rows * height)
context = cairo.Context(surface)
context.set_source_rgb(1, 1, 1)
context.paint()
for index, picture in enumerate(pictures):
    context.set_source_surface(picture, index % 2 * width, index // 2 * height)
    context.paint()
surface.write_to_png(sheet)
