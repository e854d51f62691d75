"""The Streamlit entry: page settings, then the chat page."""

import streamlit as st

from ui import chat

st.set_page_config(page_title="ragbot", page_icon="📗", layout="wide")
chat.page()
