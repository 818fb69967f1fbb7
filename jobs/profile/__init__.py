"""A first look at one delivered file, and the first draft of its declaration.

Reads: a bounded sample of one file, by the readers of the land stage; elements, code tables and rules of the catalog.
Writes: nothing; :func:`draft_yaml` gives text.
Promise: no value of the file stands in a draft, only names of columns, shapes and shares; a mapping is *certain* only
where the column's name is a name of exactly one element and the content does not contradict, or both agree.
Fails with: UsageError for what does not exist, SourceError for a file that land would refuse.
"""

from jobs.profile.draft import department_of, draft_yaml, folder_of
from jobs.profile.look import Profile, profile_file

__all__ = ["Profile", "department_of", "draft_yaml", "folder_of", "profile_file"]
