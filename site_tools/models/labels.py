"""What the classes of the data sets are called, in the languages of the course.

Standard library only: a site is built without torch. A test holds the English names to `demos.data.CLASS_NAMES`;
the browser takes them from a model's manifest, or from what `python -m site_tools samples` writes for it.
"""

# In the order of the data set.
FASHION_LABELS = {
    "zh": ["T 恤", "裤子", "套衫", "连衣裙", "外套", "凉鞋", "衬衫", "运动鞋", "包", "短靴"],
    "en": ["T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"],
}
# Of the data sets whose classes have names.
LABELS = {"fashion": FASHION_LABELS}
