"""Where sets of documents lie: a folder, a tar archive, a Git repository, an HTTP index; one file each."""
