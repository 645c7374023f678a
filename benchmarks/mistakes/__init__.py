"""Single mistakes that people make, each in a small server that somebody else wrote: are they told as one?"""
