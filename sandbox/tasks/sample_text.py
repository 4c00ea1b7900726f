"""The sample that `own` uses until the user opens a text: a tale that grows line by line."""

SAMPLE = """\
This is the lamp.

This is the keeper that lit the lamp.

This is the storm that woke the keeper, that lit the lamp.

This is the wind that chased the storm, that woke the keeper that lit the lamp.

This is the bird that carried the wind, that chased the storm that woke the
keeper that lit the lamp.

This is the boat that followed the bird, that carried the wind, that chased the
storm that woke the keeper that lit the lamp.

This is the sailor that called the boat, that followed the bird that carried the
wind, that chased the storm that woke the keeper that lit the lamp.

This is the weaver that mended the sailor, that called the boat that followed
the bird that carried the wind, that chased the storm that woke the keeper that
lit the lamp.

This is the child that taught the weaver, that mended the sailor that called the
boat that followed the bird that carried the wind, that chased the storm that
woke the keeper that lit the lamp.

This is the bell that heard the child, that taught the weaver, that mended the
sailor that called the boat that followed the bird that carried the wind, that
chased the storm that woke the keeper that lit the lamp.

This is the bridge that guarded the bell, that heard the child that taught the
weaver, that mended the sailor that called the boat that followed the bird that
carried the wind, that chased the storm that woke the keeper that lit the lamp.

This is the road that crossed the bridge, that guarded the bell that heard the
child that taught the weaver, that mended the sailor that called the boat that
followed the bird that carried the wind, that chased the storm that woke the
keeper that lit the lamp.

This is the stranger that knew the road, that crossed the bridge that guarded
the bell that heard the child that taught the weaver, that mended the sailor
that called the boat that followed the bird that carried the wind, that chased
the storm that woke the keeper that lit the lamp.

This is the dog that followed the stranger, that knew the road, that crossed the
bridge that guarded the bell that heard the child that taught the weaver, that
mended the sailor that called the boat that followed the bird that carried the
wind, that chased the storm that woke the keeper that lit the lamp.

This is the baker that fed the dog, that followed the stranger that knew the
road, that crossed the bridge that guarded the bell that heard the child that
taught the weaver, that mended the sailor that called the boat that followed the
bird that carried the wind, that chased the storm that woke the keeper that lit
the lamp.

This is the song that loved the baker, that fed the dog that followed the
stranger that knew the road, that crossed the bridge that guarded the bell that
heard the child that taught the weaver, that mended the sailor that called the
boat that followed the bird that carried the wind, that chased the storm that
woke the keeper that lit the lamp.

This is the teacher that wrote the song, that loved the baker that fed the dog
that followed the stranger that knew the road, that crossed the bridge that
guarded the bell that heard the child that taught the weaver, that mended the
sailor that called the boat that followed the bird that carried the wind, that
chased the storm that woke the keeper that lit the lamp.

This is the garden that kept the teacher, that wrote the song, that loved the
baker that fed the dog that followed the stranger that knew the road, that
crossed the bridge that guarded the bell that heard the child that taught the
weaver, that mended the sailor that called the boat that followed the bird that
carried the wind, that chased the storm that woke the keeper that lit the lamp.

This is the river that watered the garden, that kept the teacher that wrote the
song, that loved the baker that fed the dog that followed the stranger that knew
the road, that crossed the bridge that guarded the bell that heard the child
that taught the weaver, that mended the sailor that called the boat that
followed the bird that carried the wind, that chased the storm that woke the
keeper that lit the lamp.

This is the painter that drew the river, that watered the garden that kept the
teacher that wrote the song, that loved the baker that fed the dog that followed
the stranger that knew the road, that crossed the bridge that guarded the bell
that heard the child that taught the weaver, that mended the sailor that called
the boat that followed the bird that carried the wind, that chased the storm
that woke the keeper that lit the lamp.

This is the train that passed the painter, that drew the river that watered the
garden that kept the teacher that wrote the song, that loved the baker that fed
the dog that followed the stranger that knew the road, that crossed the bridge
that guarded the bell that heard the child that taught the weaver, that mended
the sailor that called the boat that followed the bird that carried the wind,
that chased the storm that woke the keeper that lit the lamp.

This is the letter that brought the train, that passed the painter, that drew
the river that watered the garden that kept the teacher that wrote the song,
that loved the baker that fed the dog that followed the stranger that knew the
road, that crossed the bridge that guarded the bell that heard the child that
taught the weaver, that mended the sailor that called the boat that followed the
bird that carried the wind, that chased the storm that woke the keeper that lit
the lamp.

This is the miller that named the letter, that brought the train that passed the
painter, that drew the river that watered the garden that kept the teacher that
wrote the song, that loved the baker that fed the dog that followed the stranger
that knew the road, that crossed the bridge that guarded the bell that heard the
child that taught the weaver, that mended the sailor that called the boat that
followed the bird that carried the wind, that chased the storm that woke the
keeper that lit the lamp.
"""
